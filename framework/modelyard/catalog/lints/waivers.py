"""A waiver in waivers.yaml that has expired waives nothing and is to be removed.

A waiver lets one image be published although it fails a check. After its last day the image must pass like any other,
and an entry that is left behind only makes people believe in it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset
from modelyard.catalog.workspace import WAIVERS

SEVERITY: Literal["error", "warning"] = "warning"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each waiver of the asset that has expired."""
    today = datetime.datetime.now(datetime.UTC).date()
    for number, one in enumerate(asset.workspace.waivers, 1):
        if one.asset == asset.name and one.expires < today:
            said = f"entry {number} waived {one.check!r} of {one.key[:12]} until {one.expires}"
            yield Finding(f"{WAIVERS}:1", said, "remove it, or review it again and give it a new date")
