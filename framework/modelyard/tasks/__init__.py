"""What kinds of question models answer: one file per task, found by its name."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from modelyard.errors import ModelyardError
from modelyard.tasks.task import Task

_TOOLS = ("task", "target", "canvas", "classes", "kept", "predictions")
"""What the tasks are made with."""


def names() -> list[str]:
    """The tasks there are."""
    return sorted(
        module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name not in _TOOLS
    )


def load(name: str) -> Task[Any, Any]:
    """The task of that name, such as `image-segmentation`."""
    if name not in names():
        raise ModelyardError(f"there is no task {name!r}: use one of {', '.join(names())}")
    task: Task[Any, Any] = import_module(f"modelyard.tasks.{name.replace('-', '_')}").TASK
    return task
