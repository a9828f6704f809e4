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
        for number, word, note in notes(asset.text(file) or ""):
            said = f"a {word} is left: {note[:_SHOWN]}" if note else f"a {word} is left"
            yield Finding(asset.in_file(file, number), said, "do it, then remove the note")


def notes(text: str) -> list[tuple[int, str, str]]:
    """The notes in a text: line, TODO or FIXME, what it says."""
    found = ((number, _NOTE.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return [(number, match[1], match[2].strip()) for number, match in found if match]
