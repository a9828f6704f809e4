"""The `ar` archive that a Debian package is: see deb(5)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from modelyard.errors import ModelyardError

MAGIC = b"!<arch>\n"
_HEADER = 60
_MOST = 100


@dataclass(frozen=True)
class ArMember:
    """Where one file of the archive lies."""

    name: str
    start: int
    size: int


def members(file: BinaryIO) -> Iterator[ArMember]:
    """The files of an `ar` archive in order.

    Only the common format is read, whose names have at most 16 characters: packages need no other.

    Raises:
        ModelyardError: The archive is damaged.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        raise ModelyardError("the package has no `ar` header: it is damaged")
    position = len(MAGIC)
    for _ in range(_MOST):
        if position >= end:
            return
        file.seek(position)
        header = file.read(_HEADER)
        digits = header[48:58].strip()
        if len(header) < _HEADER or header[58:] != b"`\n" or not digits.isdigit():
            raise ModelyardError(f"the package has a damaged `ar` header at byte {position}")
        size = int(digits)
        start = position + _HEADER
        if start + size > end:
            raise ModelyardError(f"the package ends before its member at byte {position} does: it is cut short")
        yield ArMember(header[:16].decode("latin-1").rstrip(" ").rstrip("/"), start, size)
        position = start + size + size % 2
    raise ModelyardError(f"the package has more than {_MOST} `ar` members: a Debian package has three")


class Slice:
    """A stretch of a file, read as a file of its own.

    Args:
        file: The whole; nobody else may move in it meanwhile.
        start: The first byte.
        size: How many there are.
    """

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file = file
        self._left = size
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; all that is left if negative."""
        size = self._left if size < 0 else min(size, self._left)
        part = self._file.read(size)
        self._left -= len(part)
        return part
