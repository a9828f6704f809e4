"""Optical character recognition: the lines of text in a picture, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageOps
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task

_ROUNDING = 1e-6
"""How far beyond 1 a probability may be, computed in 32 bits."""
_SHOWN = 12
_OUTLINE = "#b23a18"

Point = tuple[float, float]


@dataclass(frozen=True)
class TextLine:
    """One line of text.

    Attributes:
        text: What stands there.
        probability: How sure the model is of its characters, 0 to 1.
        polygon: The corners of the box around it, x and y in pixels of the picture that was sent: clockwise, from
            the one at the top left of the text on.

    Raises:
        ValueError: It is empty, has no four corners, or its probability is none.
    """

    text: str
    probability: float
    polygon: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a line says something")
        # Written so that a NaN fails.
        if not 0 <= self.probability <= 1 + _ROUNDING:
            raise ValueError("a probability is a number from 0 to 1")
        if len(self.polygon) != 4 or not all(len(point) == 2 for point in self.polygon):
            raise ValueError("a box has four corners, each of an x and a y")

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the upright box around the polygon."""
        across, down = zip(*self.polygon, strict=True)
        return min(across), min(down), max(across), max(down)


@dataclass(frozen=True)
class TextLines:
    """The lines of text in a picture, in the order in which they are read.

    Attributes:
        lines: From top to bottom, and from left to right where they stand beside each other.
        image_size: Width and height of the picture that was sent.

    Raises:
        ValueError: A corner lies outside the picture.
    """

    lines: tuple[TextLine, ...]
    image_size: tuple[int, int]

    def __post_init__(self) -> None:
        width, height = self.image_size
        corners = [point for line in self.lines for point in line.polygon]
        if not (width > 0 and height > 0 and all(0 <= x <= width and 0 <= y <= height for x, y in corners)):
            raise ValueError("a corner lies outside the picture")

    @property
    def text(self) -> str:
        """All lines, one below another."""
        return "\n".join(line.text for line in self.lines)


def _encode(answer: TextLines) -> dict[str, Any]:
    width, height = answer.image_size
    predictions = []
    for line in answer.lines:
        left, top, right, bottom = line.box
        predictions.append(
            {
                "text": line.text,
                "probability": line.probability,
                "detection_box": [top / height, left / width, bottom / height, right / width],
                "polygon": [list(point) for point in line.polygon],
            }
        )
    # Model Asset eXchange's OCR answers with a list of blocks, each a list of its lines.
    text = [[line.text for line in answer.lines]] if answer.lines else []
    return {"text": text, "predictions": predictions, "image_size": [width, height]}


def _decode(body: Mapping[str, Any]) -> TextLines:
    try:
        lines = tuple(
            TextLine(
                str(one["text"]), float(one["probability"]), tuple((float(x), float(y)) for x, y in one["polygon"])
            )
            for one in body["predictions"]
        )
        width, height = body["image_size"]
        return TextLines(lines, (int(width), int(height)))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of optical-character-recognition: {error!r}") from None


def edits(first: str, second: str) -> int:
    """How many characters must be put in, taken out or exchanged to make one text of the other (Levenshtein)."""
    if len(first) < len(second):
        first, second = second, first
    letters = np.array([ord(letter) for letter in second], np.int64)
    places = np.arange(len(second) + 1)
    row = places.copy()
    for number, letter in enumerate(first, 1):
        kept_or_exchanged = np.minimum(row[1:] + 1, row[:-1] + (letters != ord(letter)))
        # Putting characters in goes from left to right along the row: the least of all that come before.
        row = np.minimum.accumulate(np.concatenate([[number], kept_or_exchanged]) - places) + places
    return int(row[-1])


def overlaps(first: Sequence[TextLine], second: Sequence[TextLine]) -> NDArray[np.float64]:
    """Intersection over union of the upright boxes of each line of one list and each of the other."""
    a = np.array([line.box for line in first], np.float64).reshape(-1, 1, 4)
    b = np.array([line.box for line in second], np.float64).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    both = np.maximum(sides, 0).prod(axis=2)
    areas = [np.maximum(one[..., 2:] - one[..., :2], 0).prod(axis=2) for one in (a, b)]
    either = areas[0] + areas[1] - both
    shares: NDArray[np.float64] = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    return shares


def _difference(expected: TextLines, got: TextLines) -> dict[str, float]:
    most = max(len(expected.lines), len(got.lines))
    longest = max(len(expected.text), len(got.text))
    shares = overlaps(expected.lines, got.lines)
    total = gap = 0.0
    # The best pairs first, each line in one of them.
    for place in np.argsort(-shares, axis=None, kind="stable") if shares.size else ():
        row, column = divmod(int(place), shares.shape[1])
        if shares[row, column] <= 0:
            continue
        total += float(shares[row, column])
        gap = max(gap, abs(expected.lines[row].probability - got.lines[column].probability))
        shares[row, :] = shares[:, column] = 0
    return {
        "edit_distance": edits(expected.text, got.text) / longest if longest else 0.0,
        "iou_loss": max(0.0, 1 - total / most) if most else 0.0,
        "probability": gap,
    }


def _describe(answer: TextLines, labels: Sequence[str]) -> str:
    if not answer.lines:
        return "no text"
    shown = "; ".join(repr(line.text) for line in answer.lines[:3])
    more = f" and {len(answer.lines) - 3} more" if len(answer.lines) > 3 else ""
    return f"{len(answer.lines)} lines: {shown}{more}"


def _draw(image: Image, answer: TextLines, labels: Sequence[str]) -> PIL.Image.Image:
    """The picture with a box around each line, and below it what was read."""
    photo = PIL.ImageOps.contain(image.picture(), (canvas.WIDTH, canvas.WIDTH))
    pen, scale = PIL.ImageDraw.Draw(photo), photo.width / image.width
    for line in answer.lines:
        pen.polygon([(x * scale, y * scale) for x, y in line.polygon], outline=_OUTLINE)
    return canvas.stacked([photo, canvas.writing([line.text for line in answer.lines] or ["no text"], _SHOWN)])


TASK = Task(
    name="optical-character-recognition",
    title="Optical Character Recognition",
    input=Image,
    output=TextLines,
    schema={
        "text": {
            "type": "array",
            "description": "What was read, as blocks of lines; there is one block, or none where there is no text.",
            "items": {"type": "array", "items": {"type": "string"}},
            "example": [["Model", "yard"]],
        },
        "predictions": {
            "type": "array",
            "description": "Each line of text, in the order in which they are read.",
            "items": {
                "type": "object",
                "required": ["text", "probability", "detection_box", "polygon"],
                "properties": {
                    "text": {"type": "string", "description": "What stands there.", "example": "Model"},
                    "probability": {
                        "type": "number",
                        "description": "How sure the model is of the characters, 0 to 1.",
                        "example": 0.98,
                    },
                    "detection_box": {
                        "type": "array",
                        "description": "Top, left, bottom and right of an upright box, as shares of the picture.",
                        "items": {"type": "number"},
                        "minItems": 4,
                        "maxItems": 4,
                        "example": [0.1, 0.1, 0.4, 0.6],
                    },
                    "polygon": {
                        "type": "array",
                        "description": "The corners of its box, x and y in pixels of the picture, clockwise from the "
                        "top left of the text.",
                        "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                        "minItems": 4,
                        "maxItems": 4,
                        "example": [[20, 10], [120, 10], [120, 40], [20, 40]],
                    },
                },
            },
            "example": [
                {
                    "text": "Model",
                    "probability": 0.98,
                    "detection_box": [0.1, 0.1, 0.4, 0.6],
                    "polygon": [[20, 10], [120, 10], [120, 40], [20, 40]],
                },
                {
                    "text": "yard",
                    "probability": 0.95,
                    "detection_box": [0.5, 0.1, 0.8, 0.5],
                    "polygon": [[20, 50], [100, 50], [100, 80], [20, 80]],
                },
            ],
        },
        "image_size": {
            "type": "array",
            "description": "Width and height of the picture, upright, in pixels.",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
            "example": [200, 100],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "edit_distance": Measure("characters to change from one text to the other, as a share of the longer", 0.01),
        "iou_loss": Measure("1 - mean intersection over union of the boxes of lines, matched best first", 0.05),
        "probability": Measure("largest difference of the probabilities of two matched lines", 0.05),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode, digits=4),
    read=kept.reader(_decode),
)
