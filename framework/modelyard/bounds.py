"""How large an input may be, before anything of it is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """What the largest input may hold; each kind of input looks at its own bound.

    Attributes:
        pixels: Of a picture.
        seconds: Of a sound.
        characters: Of a text.
        voxels: Of a volume.
        rows: Of a table.
        columns: Of a table.
    """

    pixels: int = 50_000_000
    seconds: int = 600
    characters: int = 100_000
    voxels: int = 50_000_000
    rows: int = 10_000
    columns: int = 100
