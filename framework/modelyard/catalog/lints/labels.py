"""The file of labels is there, is UTF-8 text, and names each class once, one a line.

Line n is the name of the class with id n (the first line is 0), so a blank line shifts every name after it,
and a name that stands twice hides one class behind another. Write a name for every id that the network has,
also for those that nobody wants, such as `unused 12`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset

SEVERITY: Literal["error", "warning"] = "error"

_BYTE_ORDER_MARK = "\ufeff"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for the file, or one for each line."""
    file = asset.manifest.labels
    if file is None:
        return
    if trouble := asset.trouble_with(file):
        yield Finding(asset.at("labels"), f"{file} {trouble}", "write it, or leave `labels` out")
        return
    data = (asset.folder / file).read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Finding(asset.in_file(file, line), "it is not UTF-8 text", "save it as UTF-8")
        return
    if text.startswith(_BYTE_ORDER_MARK):
        yield Finding(asset.in_file(file), "a byte order mark is part of the first label", "save it without one")
    first: dict[str, int] = {}
    for line, label in enumerate(map(str.strip, text.splitlines()), 1):
        if not label:
            yield Finding(asset.in_file(file, line), f"class {line - 1} has no name", "write one, or remove the line")
        elif label in first:
            said = f"{label!r} is also the name of class {first[label] - 1} in line {first[label]}"
            yield Finding(asset.in_file(file, line), said, "give each class a name of its own")
        first.setdefault(label, line)
    if not first:
        yield Finding(asset.in_file(file), "it has no label", "write the name of one class a line")
