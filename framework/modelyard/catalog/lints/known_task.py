"""The asset's task is one that Modelyard knows.

The task owns the form of the answer, how two answers are compared and how one is drawn, so without it nothing
can be served or checked. docs/reference/tasks.md lists the tasks; a new one is a new file in
framework/modelyard/tasks/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard import tasks
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding where there is no such task."""
    if asset.task is None:
        name = asset.manifest.task
        yield Finding(asset.at("task"), f"there is no task {name!r}", advice(name, tasks.names()))
