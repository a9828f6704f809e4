"""No file of the asset is larger than 5 MB.

Git keeps every version of every file for ever, for everybody who clones the catalog. What the network loads
belongs under `weights`, with a source and a sha256: it is fetched once, checked and cached. What the model is
measured on belongs into a dataset. A sample needs no more pixels or seconds than show what the model does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset

SEVERITY: Literal["error", "warning"] = "error"

LARGEST = 5_000_000


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each file that is too large."""
    for file in asset.files:
        size = (asset.folder / file).lstat().st_size
        if size > LARGEST:
            yield Finding(
                asset.in_file(file),
                f"it has {size / 1e6:.1f} MB, more than {LARGEST / 1e6:g} MB",
                "declare it under `weights` or in a dataset, or make it smaller",
            )
