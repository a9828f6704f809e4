"""asset.yaml can be read: it is YAML, every key in it is known, nothing needed is missing, every value has its form.

A manifest that can't be read stops every verb, and other rules wait for it: mend its mistakes first. Each
finding names the line and the field; docs/reference/manifest.md lists all fields, and an editor that reads
docs/reference/asset.schema.json completes and checks them as you type. The asset's name must be its folder's.

Where no asset is named, catalog.yaml is held to the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding, of_mistakes
from modelyard.catalog.linted import LintedAsset
from modelyard.manifest.load import ManifestError

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """One finding for each mistake."""
    try:
        name = asset.manifest.name
    except ManifestError as error:
        yield from of_mistakes(error)
        return
    if name != asset.name:
        yield Finding(
            asset.at("name"),
            f"name: {name!r} is not the folder's name, {asset.name!r}",
            f"write `name: {asset.name}`, or rename the folder",
        )
