"""Testing an asset on this machine: its samples, and odd inputs of its kind, through a real server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from modelyard import tasks
from modelyard.catalog.checking.odd import Held, hold
from modelyard.catalog.local import Local
from modelyard.manifest.asset import Asset, Variant
from modelyard.serving.samples import SampleResult, check_sample
from modelyard.serving.served import read_labels


@dataclass(frozen=True)
class Tested:
    """What became of an asset's inputs.

    Attributes:
        samples: Of each of its samples.
        odd: Of odd inputs.
    """

    samples: tuple[SampleResult, ...]
    odd: Held

    @property
    def passed(self) -> bool:
        """Whether all is well."""
        return all(one.passed for one in self.samples) and not self.odd.failed

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "passed": self.passed,
            "samples": [one.to_dict() for one in self.samples],
            "odd": [one.to_dict() for one in self.odd.results],
            "odd_left": self.odd.left,
        }


def test(local: Local, asset: Asset, variant: Variant, odd_seconds: float | None) -> Tested:
    """Starts a server of the asset and sends it everything.

    Args:
        local: What runs it.
        asset: The asset.
        variant: Which of its variants.
        odd_seconds: When no further odd input is sent; all are if None, and none if 0.

    Raises:
        ModelyardError: It doesn't become ready.
    """
    folder, task = local.workspace.folder(asset.name), tasks.load(asset.task)
    labels = read_labels(folder, asset)
    with local.answering(asset, variant) as send:
        samples = tuple(check_sample(folder, sample, task, labels, send) for sample in asset.samples)
        odd = Held(()) if odd_seconds == 0 else hold(folder, asset, labels, send, odd_seconds)
        return Tested(samples, odd)
