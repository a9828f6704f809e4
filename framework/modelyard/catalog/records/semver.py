"""How far a version moved, as semantic versioning 2.0 counts it, and what may change with that."""

from __future__ import annotations

from typing import Literal

from modelyard.errors import ModelyardError

Step = Literal["major", "minor", "patch"]


def step(before: str, after: str) -> Step:
    """Which promise a new version makes about what is new in it.

    Below 1.0.0 the minor number is what the major one is later.

    Args:
        before: The older version, such as `1.4.0`.
        after: The newer one.

    Raises:
        ModelyardError: One of them is no three numbers.
    """
    old, new = numbers(before), numbers(after)
    if new[0] > old[0]:
        return "major"
    if new[:2] > old[:2]:
        return "major" if old[0] == new[0] == 0 else "minor"
    return "patch"


def numbers(version: str) -> tuple[int, ...]:
    """Major, minor and patch, to be compared.

    Raises:
        ModelyardError: It is no three numbers.
    """
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ModelyardError(f"{version[:40]!r} is no version: write three numbers, such as 1.0.0")
    return tuple(map(int, parts))
