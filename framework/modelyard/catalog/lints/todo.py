"""Nothing is left to do: no TODO or FIXME stands in a text file of the asset.

A scaffold writes one wherever it could only guess what you want; do what it says, then remove the line. For
plans, open an issue: users of a published model don't see your notes. Files under samples/ are inputs and may
say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset

SEVERITY: Literal["error", "warning"] = "error"

_NOTE = re.compile(r"\b(TODO|FIXME)\b[:\s]*(.*)")
_SHOWN = 60


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each line that has one."""
    for file in asset.files:
        if file.startswith("samples/"):
            continue
        for number, line in enumerate((asset.text(file) or "").splitlines(), 1):
            if match := _NOTE.search(line):
                note = match[2].strip()[:_SHOWN]
                said = f"a {match[1]} is left: {note}" if note else f"a {match[1]} is left"
                yield Finding(asset.in_file(file, number), said, "do it, then remove the note")
