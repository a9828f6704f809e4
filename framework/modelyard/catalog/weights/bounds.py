"""How much an archive may hold, and a stream that holds it to that."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from modelyard.errors import ModelyardError

_STEP = 1 << 20
_LARGEST_READ = 32 << 20


@dataclass(frozen=True)
class Bounds:
    """What an archive may grow to when it is unpacked.

    Weights hardly compress (2:1 is much), and text seldom beyond 50:1; what exceeds these
    bounds was made to fill the disk.
    """

    total: int = 32 << 30
    """Bytes."""
    files: int = 100_000
    """Entries of any kind, wanted or not."""
    ratio: int = 200
    """Unpacked bytes per packed byte, over and above the first `slack` bytes."""
    slack: int = 64 << 20
    """Bytes that even the smallest archive may unpack to."""

    def ceiling(self, packed: int) -> int:
        """Bytes that an archive of `packed` bytes may unpack to."""
        return min(self.total, packed * self.ratio + self.slack)


def too_big(ceiling: int) -> ModelyardError:
    """What to say of an archive that unpacks to more than `ceiling` bytes."""
    return ModelyardError(
        f"the archive unpacks to more than {ceiling:,} bytes, which looks like a bomb: "
        "name a smaller package as the source, or the file itself"
    )


class Readable(Protocol):
    """Anything that gives bytes in order."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none only at the end."""
        ...


class Forward:
    """A file that is read once, from front to back, as far as the ceiling.

    `tarfile` reads it as if it were a file. It counts the bytes that are skipped too, so that
    an archive can't swell outside the member that is wanted; and `tarfile` would read a header
    of any declared size into memory, so what one header may take is bounded as well.

    Args:
        stream: Where the bytes come from.
        ceiling: The most bytes it may give.
    """

    def __init__(self, stream: Readable, ceiling: int) -> None:
        self._stream = stream
        self._ceiling = ceiling
        self._position = 0
        self._header = 0
        self._in_header = False

    def begin_header(self, budget: int) -> None:
        """Let no more than `budget` bytes be read until `end_header`."""
        self._header = budget
        self._in_header = True

    def end_header(self) -> None:
        """From here on the contents of a file are read."""
        self._in_header = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer only at the end; a negative size means one step."""
        size = _STEP if size < 0 else size
        if self._in_header:
            self._header -= size
            if self._header < 0:
                raise ModelyardError("the archive has a header of senseless size: it is damaged or hostile")
        # Decompressors may give less than was asked for before the end, which tarfile takes for the end.
        parts = []
        while size > 0 and (part := self._take(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Skip to an offset from the start, or to the end if that comes first."""
        if whence != io.SEEK_SET or offset < self._position:
            raise ModelyardError("the archive points backwards: it is damaged or hostile")
        if offset > self._ceiling:
            raise too_big(self._ceiling)
        while self._position < offset and self._take(offset - self._position):
            pass
        return self._position

    def tell(self) -> int:
        """The bytes that were read or skipped so far."""
        return self._position

    def _take(self, size: int) -> bytes:
        part = self._stream.read(min(size, _STEP))
        self._position += len(part)
        if self._position > self._ceiling:
            raise too_big(self._ceiling)
        return part


class Paged:
    """A file that gives a few MiB at a time at most, but lets its reader move about.

    `zipfile` reads the archive's directory into memory at once, however large it says it is.

    Args:
        file: Where the bytes come from.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; a negative size means as many as may be read at once."""
        if size > _LARGEST_READ:
            raise ModelyardError(f"the archive has a directory of {size:,} bytes: it is damaged or hostile")
        return self._file.read(_LARGEST_READ if size < 0 else size)
