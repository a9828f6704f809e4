"""Files: of one byte and of many, text and none, whole and cut off, and no file at all."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Iterator, Mapping

from modelyard.catalog.inputs import image
from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.errors import BadInput
from modelyard.file import File

_PLAIN = "ordinary"
_NOTE = b"name,number\nferry,9\nisland,1\nlighthouse,3\n"


def strong() -> bytes:
    """An archive of two files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("read.me", "table.csv"):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), _NOTE * 20)
    return file.getvalue()


def weak() -> bytes:
    """Three bytes."""
    return b"a\n\n"


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no file: whatever has a byte is one."""
    return {"empty.bin": (b"", "A file of no bytes")}


SEED = Seed(
    suffix=".bin",
    strong=strong,
    weak=weak,
    bad=bad,
    code=('return {"input": np.array([[min(1.0, len(file.data) / 500)]], np.float32)}',),
    domain="Files",
    input_format="One file of any kind",
)


def seen(data: bytes) -> Seen:
    """The text of the file, or its picture, where it is one."""
    try:
        return Seen("text/plain", text=data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        return image.seen(data)
    except (BadInput, OSError):
        return Seen(File.media_types[0])


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Files of every sort.

    Args:
        sample: An ordinary file; an archive if left out.
    """
    data = sample or strong()
    chance = random.Random(1)  # noqa: S311  # the same bytes each time
    yield Odd(_PLAIN, data)
    yield Odd("cut off", data[: max(1, len(data) // 2)])
    yield Odd("the same twice", data + data)
    yield Odd("with bytes behind its end", data + bytes(1000))
    yield Odd("packed", gzip.compress(data, mtime=0))
    yield Odd("one byte", b"\x00")
    yield Odd("one letter", b"a")
    yield Odd("seven bytes", b"1234567")
    yield Odd("eight bytes", b"12345678")
    yield Odd("zeros", bytes(100_000))
    yield Odd("bytes of chance", chance.randbytes(5_000))
    yield Odd("white space only", b" \t\r\n" * 3_000)
    yield Odd("little between much white space", b" " * 5_000 + b"a note" + b"\n" * 5_000)
    yield Odd("a text", _NOTE)
    yield Odd("a text with a byte order mark", b"\xef\xbb\xbf" + _NOTE)
    yield Odd("a text in UTF-16", _NOTE.decode().encode("utf-16"))
    yield Odd("a text in Latin-1", "Brücke über den Fluß\n".encode("latin-1") * 20)
    yield Odd("a script", b"#!/bin/sh\nexec echo harmless\n")
    yield Odd("what looks like a path", b"../../../../etc/passwd")
    yield Odd("what looks like JSON of this very interface", b'{"file": "AAAA"}')
    yield Odd("one long line", b"a" * 1_000_000)
    yield Odd("empty", b"", "refusal")
