"""Every tolerance, of a sample or of `parity`, names a measure of the task, and is a number that answers can keep to.

Tolerances say how far an answer may be from the expected one, in the task's own measures;
docs/reference/tasks.md lists them with their defaults. A name that the task doesn't know would stop the check
of an image after it is built.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each tolerance that means nothing."""
    for index, sample in enumerate(asset.manifest.samples):
        yield from _check(asset, ("samples", index, "tolerance"), sample.tolerance)
    yield from _check(asset, ("parity",), asset.manifest.parity)


def _check(asset: LintedAsset, place: tuple[str | int, ...], tolerances: Mapping[str, float]) -> Iterator[Finding]:
    if asset.task is None:
        return
    for name, value in tolerances.items():
        where = asset.at(*place, name)
        if name not in asset.task.measures:
            yield Finding(where, f"{asset.task.name} has no measure {name!r}", advice(name, asset.task.measures))
        if not (math.isfinite(value) and value >= 0):
            yield Finding(where, f"{name}: no difference is at most {value}", "write 0 or a larger number")
