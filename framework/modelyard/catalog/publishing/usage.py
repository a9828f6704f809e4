"""The lines that a person types to use what was published."""

from __future__ import annotations

import os
from pathlib import Path

from modelyard import tasks
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset

_PORT = 5001
"""The registry of a quickstart has 5000."""


def answers_with_file(asset: Asset) -> bool:
    """Whether whoever asks it gets a file unless they ask for JSON, so that there is nothing to read in a terminal."""
    file = tasks.load(asset.task).file
    return file is not None and file.usual


def try_it(workspace: Workspace, registry: Registry, planned: Planned) -> list[str]:
    """How to run a published model and how to ask it, to be pasted as they stand."""
    asset = planned.asset
    sample = next(sample for sample in asset.samples if sample.error is None)
    file = os.path.relpath(workspace.folder(asset.name) / sample.input, Path.cwd())
    task = tasks.load(asset.task)
    kept = f" -o answer{task.suffix}" if answers_with_file(asset) else ""
    image = registry.repository(asset.name)
    return [
        "",
        "Run it, and open http://127.0.0.1:5001/ or ask it:",
        f"  docker run --rm -p 127.0.0.1:{_PORT}:5000 {image}",
        f"  curl -F {task.input.field}=@{file}{kept} http://127.0.0.1:{_PORT}/model/predict",
    ]
