"""What a conversion made: conversion.json."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tensor:
    """One input or output of a network.

    `shape` has None for a size that may differ from call to call, and is None where even their number may.
    `dtype` is TensorFlow's name of it: 'uint8', 'float32', 'string'.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: str


@dataclass(frozen=True)
class Signature:
    """How a network is called. `key` is None for a LiteRT model that declares no signature."""

    key: str | None
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Record:
    """What was made from what; the same input gives the same record."""

    source_format: str
    target: str
    tensorflow: str
    signature: Signature
    files: dict[str, str]
    """The sha256 of each file, by its path in the output folder."""

    def to_json(self) -> str:
        """The text of conversion.json."""
        document = {
            "from": self.source_format,
            "to": self.target,
            "tensorflow": self.tensorflow,
            "signature": self.signature.key,
            "inputs": [asdict(tensor) for tensor in self.signature.inputs],
            "outputs": [asdict(tensor) for tensor in self.signature.outputs],
            "files": self.files,
        }
        return json.dumps(document, indent=2) + "\n"


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file in a folder, by its path in there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
