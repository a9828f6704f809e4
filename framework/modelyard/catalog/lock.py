"""A lock: every package that is installed, each with its one version and the hashes of its files.

The form is pip's requirements file, as `uv pip compile --generate-hashes` writes it and `pip install
--require-hashes` takes it. Nothing else may stand in it: no address of an index, no path, no option.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ENTRY = re.compile(r"\n(?=\S)")
_PIN = re.compile(r"([a-z0-9-]+)(?:\[([a-z0-9,-]+)\])?==(\S+)(?: ; (.+?))?(?: \\)?")
_HASHES = re.compile(r"(?:\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+")


@dataclass(frozen=True)
class Pin:
    """One version of a package.

    Attributes:
        name: As PEP 503 normalises it.
        extras: The extras that it is installed with.
        version: The only one that is installed.
        marker: Where it is installed, as PEP 508 has it; empty where it is installed everywhere.
        digest: Of all that the lock says of it, its hashes too: 12 hexadecimal digits of SHA-256.
    """

    name: str
    extras: tuple[str, ...]
    version: str
    marker: str
    digest: str

    def __str__(self) -> str:
        return f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")


@dataclass(frozen=True)
class Move:
    """What became of a package from one lock to the next.

    Attributes:
        package: Its name.
        before: Its version; several, joined by a comma, where it differs by Python. None where it is new.
        after: The same now. None where it is gone.
    """

    package: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.package} {self.after} is new"
        if self.after is None:
            return f"{self.package} {self.before} is gone"
        if self.before == self.after:
            return f"{self.package} {self.after}, in other files or for other machines"
        return f"{self.package} {self.before} → {self.after}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"package": self.package, "from": self.before, "to": self.after}


def pins(text: str) -> Iterator[Pin]:
    """The packages of a lock, in its order; one that differs by Python stands there more than once."""
    for entry in _ENTRY.split(text):
        first = entry.partition("\n")[0]
        if match := _PIN.fullmatch(first.rstrip()):
            name, extras, version, marker = match.groups()
            digest = hashlib.sha256(entry.rstrip().encode()).hexdigest()[:12]
            yield Pin(name, tuple((extras or "").split(",")) if extras else (), version, marker or "", digest)


def strangers(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each entry of a lock that is no package pinned with its hashes."""
    line = 1
    for entry in _ENTRY.split(text):
        first, _, hashes = entry.partition("\n")
        if entry.strip() and not first.startswith("#"):
            pinned = first.endswith("\\") and _PIN.fullmatch(first)
            if not pinned or not _HASHES.fullmatch(hashes):
                yield line, first
        line += entry.count("\n") + 1


def moves(before: str, after: str) -> list[Move]:
    """What moved from one lock to the next, in the order of names."""
    old, new = _by_name(before), _by_name(after)
    return [
        Move(name, _versions(old.get(name)), _versions(new.get(name)))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _by_name(text: str) -> Mapping[str, list[Pin]]:
    found: dict[str, list[Pin]] = {}
    for pin in pins(text):
        found.setdefault(pin.name, []).append(pin)
    return found


def _versions(found: list[Pin] | None) -> str | None:
    return ", ".join(dict.fromkeys(pin.version for pin in found)) if found else None
