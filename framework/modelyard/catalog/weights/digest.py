"""A sha256: the name that weights go by, and the only reason to trust them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from modelyard.errors import ModelyardError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Mismatch(ModelyardError):
    """The source gave other bytes than the manifest declares: no mirror should paper over it."""


def check_form(sha256: str) -> str:
    """The digest as it stands, for it becomes part of a path.

    Raises:
        ModelyardError: It isn't 64 lower-case hexadecimal digits.
    """
    if not _SHA256.fullmatch(sha256):
        raise ModelyardError(f"{sha256!r} is no sha256: write the 64 digits that `sha256sum FILE` prints")
    return sha256


def of_file(file: Path) -> str:
    """The sha256 of a file, in lower-case hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
