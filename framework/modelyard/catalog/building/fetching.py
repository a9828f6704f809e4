"""Bringing what an asset declares to this machine: its weights, its labelled data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.weights.fetch import WeightsRequest, fetch
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset, Data, Weights


def fetch_all(workspace: Workspace, cache: Cache, asset: Asset, progress: Progress) -> dict[str, Path]:
    """An asset's weights as its sources give them, by the path that the pipeline finds them at."""
    return _fetch(workspace, cache, asset, asset.weights, progress)


def fetch_data(
    workspace: Workspace, cache: Cache, asset: Asset, data: Sequence[Data], progress: Progress
) -> dict[str, Path]:
    """Data of an asset, by the path that its code finds it at."""
    return _fetch(workspace, cache, asset, data, progress)


def _fetch(
    workspace: Workspace, cache: Cache, asset: Asset, wanted: Sequence[Weights | Data], progress: Progress
) -> dict[str, Path]:
    found = {}
    for one in wanted:
        request = WeightsRequest(one.path, one.source, one.sha256, one.member, tuple(one.mirrors))
        with progress.step(f"fetch {one.source}") as step:
            found[one.path] = fetch(request, cache, workspace.folder(asset.name), step.advance)
    return found
