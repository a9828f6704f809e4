"""Bringing all weights of an asset to this machine."""

from __future__ import annotations

from pathlib import Path

from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.weights.fetch import WeightsRequest, fetch
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset


def fetch_all(workspace: Workspace, cache: Cache, asset: Asset, progress: Progress) -> dict[str, Path]:
    """An asset's weights as its sources give them, by the path that the pipeline finds them at."""
    found = {}
    for weights in asset.weights:
        request = WeightsRequest(weights.path, weights.source, weights.sha256, weights.member, tuple(weights.mirrors))
        with progress.step(f"fetch {weights.source}") as step:
            found[weights.path] = fetch(request, cache, workspace.folder(asset.name), step.advance)
    return found
