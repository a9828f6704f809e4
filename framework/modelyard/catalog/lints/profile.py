"""profile.json, where there is one, is a profile of this asset, with the statistics that its kind of input has.

A profile that was copied from another asset, or written before statistics got other names, counts nothing, or the
wrong thing. `modelyard profile NAME` writes it; nobody writes it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard import statistics
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset
from modelyard.errors import ModelyardError
from modelyard.manifest import profile

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for what is wrong with the file."""
    place, advice = asset.in_file(profile.FILE), f"run modelyard profile {asset.name}"
    try:
        found = profile.read(asset.folder)
    except ModelyardError as error:
        yield Finding(place, str(error).partition(": write it")[0], advice)
        return
    if found is None or asset.task is None:
        return
    if found.asset != asset.manifest.name:
        yield Finding(place, f"it is the profile of {found.asset}", advice)
    if asset.manifest.evaluation is None:
        yield Finding(place, "the asset declares no `evaluation` that it could be of", "remove it, or declare one")
    known = statistics.of(asset.task.input.field)
    names = set(known.described if known else ())
    for name in found.inputs:
        if name not in names and f"{name.partition(':')[0]}:" not in names:
            yield Finding(place, f"inputs of this kind have no statistic {name!r}", advice)
