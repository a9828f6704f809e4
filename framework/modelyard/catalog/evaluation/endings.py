"""Files of a folder, labelled by their endings: packages of source code are labelled data that costs nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

_SMALLEST, _LARGEST = 300, 60_000


def labelled(folder: Path, endings: Mapping[str, str], most: int) -> Iterator[tuple[str, bytes, str]]:
    """The path below the folder, the content and the label of files, in an order that looks random and never changes.

    Files of less than 300 bytes or more than 60,000 are left out, and so is a file whose content was there before.

    Args:
        folder: Where to look, with all below it.
        endings: The label of each ending, such as `{".py": "Python"}`.
        most: Files of one label.
    """
    counted = Counter[str]()
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*"), key=lambda path: _shuffled(path.relative_to(folder))):
        label = endings.get(path.suffix)
        if label is None or counted[label] >= most or path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        digest = hashlib.sha256(content).digest()
        if _SMALLEST <= len(content) <= _LARGEST and digest not in seen:
            seen.add(digest)
            counted[label] += 1
            yield path.relative_to(folder).as_posix(), content, label


def _shuffled(path: Path) -> bytes:
    return hashlib.sha256(path.as_posix().encode()).digest()
