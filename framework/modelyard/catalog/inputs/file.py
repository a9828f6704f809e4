"""Files of any kind: of one byte, of zeros, cut off, of a kind that nobody knows."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np

from modelyard.catalog.kinds import Odd, Seed

_LARGE = 8_000_000
"""Bytes of a large file; a server takes 32 MB where nobody says otherwise."""


def strong() -> bytes:
    """Bytes of every value."""
    return np.random.default_rng(7).integers(0, 256, 2_000, np.uint8).tobytes()


def weak() -> bytes:
    """Zeros, and next to nothing else."""
    return bytes(1_990) + b"\x01" * 10


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no file to speak of."""
    return {"empty.bin": (b"", "A file of no bytes")}


SEED = Seed(
    suffix=".bin",
    strong=strong,
    weak=weak,
    bad=bad,
    code=('return {"input": np.frombuffer(file.data, np.uint8)[np.newaxis].astype(np.float32) / 255}',),
    domain="Files",
    input_format="A file of any kind",
)


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Files of every sort.

    Args:
        sample: An ordinary one; bytes of every value if left out.
    """
    ordinary = sample or strong()
    yield Odd("ordinary", ordinary)
    yield Odd("its first half", ordinary[: max(1, len(ordinary) // 2)])
    yield Odd("one byte", b"\x00")
    yield Odd("one letter", b"a")
    yield Odd("white space only", b" \t\r\n" * 40)
    yield Odd("zeros", bytes(10_000))
    yield Odd("ones", b"\xff" * 10_000)
    yield Odd("noise", strong())
    yield Odd("a byte order mark alone", b"\xef\xbb\xbf")
    yield Odd("text in UTF-16", "The ferry leaves at nine\n".encode("utf-16"))
    yield Odd("text in Latin-1", "Brücke über den Fluß\n".encode("latin-1"))
    yield Odd("emoji", "🎉🔥💯\n".encode() * 20)
    yield Odd("lines of Windows", b"one\r\ntwo\r\n" * 20)
    yield Odd("one very long line", b"a" * 1_000_000)
    yield Odd("gzip of nothing", gzip.compress(b"", mtime=0))
    yield Odd("an archive of nothing", _archive())
    yield Odd("a picture's first bytes alone", b"\x89PNG\r\n\x1a\n")
    yield Odd("one kind's head on another's body", b"%PDF-1.7\n" + gzip.compress(ordinary, mtime=0))
    yield Odd("large", (ordinary * (_LARGE // len(ordinary) + 1))[:_LARGE])
    yield Odd("empty", b"", "refusal")


def _archive() -> bytes:
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    return file.getvalue()
