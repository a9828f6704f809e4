"""File classification: what kind of file something is, the most likely first."""

from __future__ import annotations

from collections.abc import Sequence

import PIL.Image

from modelyard.file import File
from modelyard.tasks import canvas, classes, kept
from modelyard.tasks.classes import Classification
from modelyard.tasks.task import Task

_NAME = "file-classification"
_SEEN, _ROW = 64, 16
"""Bytes in the picture, and in a line of it."""


def dumped(data: bytes) -> list[str]:
    """The first bytes as hexadecimal numbers and, where they are printable ASCII, as letters."""
    rows = [data[start : start + _ROW] for start in range(0, min(len(data), _SEEN), _ROW)]
    return [f"{row.hex(' ')}  {''.join(chr(one) if 32 <= one < 127 else '.' for one in row)}" for row in rows]


def _draw(file: File, answer: Classification, labels: Sequence[str]) -> PIL.Image.Image:
    """The file's first bytes, and below them a bar for each of the most likely kinds."""
    return canvas.stacked([canvas.writing([f"{len(file.data):,} bytes", *dumped(file.data)]), classes.drawn(answer)])


TASK = Task(
    name=_NAME,
    title="File Classification",
    input=File,
    output=Classification,
    schema=classes.schema("file", [(123, "pdf", 0.97), (2, "ai", 0.02)]),
    encode=classes.encode,
    decode=classes.decoder(_NAME),
    measures=classes.MEASURES,
    difference=classes.difference,
    describe=classes.describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(classes.encode),
    read=kept.reader(classes.decoder(_NAME)),
    observe=classes.observe,
    target=classes.target,
    opened=classes.OPENED,
)
