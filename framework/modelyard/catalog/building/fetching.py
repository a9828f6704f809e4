"""Bringing what an asset declares to this machine: its weights, its data."""

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
    return fetch_each(workspace, cache, asset, asset.weights, progress)


def fetch_data(workspace: Workspace, cache: Cache, asset: Asset, progress: Progress) -> dict[str, Path]:
    """An asset's labelled data, by the path that its `evaluation.py` finds it at."""
    return fetch_each(workspace, cache, asset, asset.evaluation.data if asset.evaluation else (), progress)


def fetch_each(
    workspace: Workspace, cache: Cache, asset: Asset, wanted: Sequence[Weights | Data], progress: Progress
) -> dict[str, Path]:
    """Some of what an asset declares, each by its `path`: a file or folder of the cache, to be read only."""
    found = {}
    for one in wanted:
        request = WeightsRequest(one.path, one.source, one.sha256, one.member, tuple(one.mirrors))
        with progress.step(f"fetch {one.source}") as step:
            found[one.path] = fetch(request, cache, workspace.folder(asset.name), step.advance)
    return found
