"""The lines that a person types to use what was published."""

from __future__ import annotations

import os
from pathlib import Path

from modelyard import tasks
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace

_PORT = 5001
"""The registry of a quickstart has 5000."""


def try_it(workspace: Workspace, registry: Registry, planned: Planned) -> list[str]:
    """How to run a published model and how to ask it, to be pasted as they stand."""
    asset = planned.asset
    sample = next(sample for sample in asset.samples if sample.error is None)
    file = os.path.relpath(workspace.folder(asset.name) / sample.input, Path.cwd())
    field = tasks.load(asset.task).input.field
    image = registry.repository(asset.name)
    return [
        "",
        "Run it, and open http://127.0.0.1:5001/ or ask it:",
        f"  docker run --rm -p 127.0.0.1:{_PORT}:5000 {image}",
        f"  curl -F {field}=@{file} http://127.0.0.1:{_PORT}/model/predict",
    ]
