"""Whether weights are still to be had where assets say that they come from, before somebody needs them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.catalog.weights import sources
from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Weights

_AT_ONCE = 6


@dataclass(frozen=True)
class Looked:
    """What became of one source of an asset's weights.

    Attributes:
        asset: The asset's name.
        path: Which of its weights.
        source: Where they come from.
        mirror: Whether another source stands before it.
        probe: What was seen.
    """

    asset: str
    path: str
    source: str
    mirror: bool
    probe: Probe

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "asset": self.asset,
            "path": self.path,
            "source": self.source,
            "mirror": self.mirror,
            "state": self.probe.state,
            "said": self.probe.said,
        }


def patrol(
    workspace: Workspace, assets: Sequence[Asset], looked: Callable[[int, int], None] = lambda _done, _all: None
) -> list[Looked]:
    """Looks at every source and mirror, several at a time.

    Args:
        workspace: The catalog.
        assets: Those to look at.
        looked: Told how many are done, and how many there are.
    """
    asked = [
        (asset, weights, source, bool(place))
        for asset in assets
        for weights in asset.weights
        for place, source in enumerate((weights.source, *weights.mirrors))
    ]
    found = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        probes = pool.map(lambda one: _probe(workspace.folder(one[0].name), one[1], one[2]), asked)
        for (asset, weights, source, mirror), probe in zip(asked, probes, strict=True):
            found.append(Looked(asset.name, weights.path, source, mirror, probe))
            looked(len(found), len(asked))
    return found


def lost(found: Sequence[Looked]) -> list[str]:
    """What is worth an alarm, a line each: weights that no source has any more, and files that changed."""
    changed = [one for one in found if one.probe.state == "changed"]
    lines = [f"{one.asset} {one.path}: {one.source} has another file now" for one in changed]
    for asset, path in dict.fromkeys((one.asset, one.path) for one in found):
        of_it = [one for one in found if (one.asset, one.path) == (asset, path)]
        if not any(one.probe.state == "ok" for one in of_it):
            lines.append(f"{asset} {path}: no source of it is known to be good")
    return lines


def _probe(folder: Path, weights: Weights, source: str) -> Probe:
    try:
        probe, reference = sources.find_probe(source)
        with tempfile.TemporaryDirectory(prefix="modelyard-") as scratch:
            return probe(reference, weights.sha256, Path(scratch), SourceContext(folder, lambda _done, _all: None))
    except ModelyardError as error:
        return Probe("unreachable", str(error))
