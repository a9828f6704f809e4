"""File classification: what kind of file something is, the most likely first."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import PIL.Image

from modelyard.file import File
from modelyard.tasks import canvas, image_classification
from modelyard.tasks.image_classification import Classification
from modelyard.tasks.task import Task

_SEEN = 64
_ROW = 16
"""Bytes in a line of the picture."""


def dumped(data: bytes) -> list[str]:
    """The first bytes as hexadecimal numbers and, where they are printable ASCII, as letters."""
    rows = [data[start : start + _ROW] for start in range(0, min(len(data), _SEEN), _ROW)]
    return [f"{row.hex(' ')}  {''.join(chr(one) if 32 <= one < 127 else '.' for one in row)}" for row in rows]


def _draw(file: File, answer: Classification, labels: Sequence[str]) -> PIL.Image.Image:
    """The file's first bytes, and below them a bar for each of the most likely kinds."""
    bars = canvas.bars(list(zip(answer.labels, answer.probabilities, strict=True)))
    return canvas.stacked([canvas.writing([f"{len(file.data):,} bytes", *dumped(file.data)]), bars])


def _schema() -> dict[str, Any]:
    """The form is that of pictures; only the words differ."""
    schema = deepcopy(dict(image_classification.TASK.schema))
    predictions = schema["predictions"]
    predictions["description"] = "The kinds of file that it may be, the most likely first."
    properties = predictions["items"]["properties"]
    properties["label_id"]["description"] = "The id of the kind, as /model/labels has it."
    properties["label"] |= {"description": "The name of the kind.", "example": "pdf"}
    properties["probability"]["description"] = "How likely the file is of that kind, 0 to 1."
    predictions["example"] = [
        {"label_id": "127", "label": "pdf", "probability": 0.97},
        {"label_id": "2", "label": "ai", "probability": 0.02},
    ]
    return schema


TASK: Task[File, Classification] = Task(
    name="file-classification",
    title="File Classification",
    input=File,
    output=Classification,
    schema=_schema(),
    draw=_draw,
    encode=image_classification.TASK.encode,
    decode=image_classification.TASK.decode,
    measures=image_classification.TASK.measures,
    difference=image_classification.TASK.difference,
    describe=image_classification.TASK.describe,
    suffix=image_classification.TASK.suffix,
    write=image_classification.TASK.write,
    read=image_classification.TASK.read,
    observe=image_classification.TASK.observe,
)
