"""Making an asset's profile here: its server, its labelled items, and what is noted on the way."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelyard import tasks
from modelyard.catalog.building.fetching import fetch_data
from modelyard.catalog.drift import profiling
from modelyard.catalog.drift.comparison import Compared, compare
from modelyard.catalog.drift.recording import Recording, Seen
from modelyard.catalog.evaluation import labelled
from modelyard.catalog.evaluation.asking import ask
from modelyard.catalog.local import Local
from modelyard.manifest.asset import Asset, Variant
from modelyard.manifest.profile import Profile
from modelyard.serving.served import read_labels


@dataclass(frozen=True)
class Profiled:
    """A profile, and what it was made of."""

    profile: Profile
    labels: Sequence[str]
    seen: Sequence[Seen]

    def beside(self, before: Profile) -> list[Compared]:
        """The items counted in the bins of an earlier profile, beside it."""
        usual = {name: dict(zip(one.bins, one.counts, strict=True)) for name, one in before.distributions.items()}
        return compare(usual, profiling.counted(before, self.labels, self.seen))


def profiled(here: Local, asset: Asset, variant: Variant, jobs: int | None = None) -> Profiled:
    """The profile of an asset, out of all its labelled items.

    Args:
        here: What runs assets here.
        asset: The asset.
        variant: Which of its images is asked.
        jobs: Requests under way at a time; two a core if left out.

    Raises:
        ModelyardError: It has no labelled data, or too little.
    """
    fetched = fetch_data(here.workspace, here.cache, asset, here.progress)
    items = labelled.items(here.workspace, asset, fetched)
    task = tasks.load(asset.task)
    recording = Recording(task)
    with here.answering(asset, variant) as send, here.progress.step(f"ask {asset.name}") as step:

        def told(done: int) -> None:
            step.say(f"{done:,} items")

        at_once = jobs or 2 * (os.cpu_count() or 1)
        together = task.input.most
        for _ in ask(recording.items(items), task, _unjudged, recording.send(send), at_once, told, together=together):
            pass
    labels = read_labels(here.workspace.folder(asset.name), asset)
    return Profiled(profiling.make(asset, labels, recording.seen, recording.learned), labels, recording.seen)


def _unjudged(_answer: Any, _truth: Any) -> dict[str, Any]:
    return {}
