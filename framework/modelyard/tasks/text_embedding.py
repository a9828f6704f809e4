"""Text embedding: a text as a vector, such that texts that mean alike have vectors that point alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept, predictions
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task
from modelyard.text import Text

_MOST_NUMBERS = 65_536
_COLUMNS = 64
"""Numbers in a row of the picture."""


@dataclass(frozen=True)
class TextEmbedding:
    """A text as a vector.

    Attributes:
        vector: float32 [n], finite.

    Raises:
        ValueError: It is no such vector.
    """

    vector: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.vector.ndim != 1 or not 1 <= self.vector.size <= _MOST_NUMBERS:
            raise ValueError(f"a vector has one axis, of 1 to {_MOST_NUMBERS:,} numbers, not {list(self.vector.shape)}")
        if not np.isfinite(self.vector).all():
            raise ValueError("a vector's numbers are finite")

    def similarity(self, other: TextEmbedding) -> float:
        """The cosine of the angle between the two vectors: 1 where they point alike, 0 where nothing connects them."""
        first, second = self.vector.astype(np.float64), other.vector.astype(np.float64)
        lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
        return float(first @ second) / lengths if lengths > 0 else 0.0


def _encode(answer: TextEmbedding) -> dict[str, Any]:
    return {"predictions": [answer.vector]}


def _decode(body: Mapping[str, Any]) -> TextEmbedding:
    try:
        (only,) = body["predictions"]
        with np.errstate(over="ignore"):  # what a float32 can't hold is infinite, and refused as such
            return TextEmbedding(np.asarray(only, np.float32))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of text-embedding: {error!r}") from None


def _difference(expected: TextEmbedding, got: TextEmbedding) -> dict[str, float]:
    if expected.vector.shape != got.vector.shape:
        return {"cosine": 2.0, "length": 1.0}
    if np.array_equal(expected.vector, got.vector):
        return {"cosine": 0.0, "length": 0.0}
    wanted, came = (float(np.linalg.norm(one.vector.astype(np.float64))) for one in (expected, got))
    apart = max(0.0, 1.0 - expected.similarity(got))
    return {"cosine": apart, "length": abs(wanted - came) / (max(wanted, came) or 1.0)}


def _describe(answer: TextEmbedding, labels: Sequence[str]) -> str:
    first = ", ".join(f"{number:.3f}" for number in answer.vector[:4])
    more = ", …" if answer.vector.size > 4 else ""
    return f"{answer.vector.size:,} numbers of length {float(np.linalg.norm(answer.vector)):.3f}: {first}{more}"


def _draw(text: Text, answer: TextEmbedding, labels: Sequence[str]) -> PIL.Image.Image:
    """The text, and below it a square for each number: blue below zero, red above, pale near it."""
    most = float(np.abs(answer.vector).max()) or 1.0
    rows = -(-answer.vector.size // _COLUMNS)
    share = np.pad(answer.vector / most, (0, rows * _COLUMNS - answer.vector.size)).reshape(rows, _COLUMNS)
    pale = 1 - np.abs(share)
    colours = np.stack([np.where(share > 0, 1, pale), pale, np.where(share < 0, 1, pale)], axis=-1)
    squares = PIL.Image.fromarray((255 * colours).astype(np.uint8))
    side = canvas.WIDTH // _COLUMNS
    strip = squares.resize((_COLUMNS * side, rows * side), PIL.Image.Resampling.NEAREST)
    return canvas.stacked([canvas.writing(text.splitlines()), strip])


def _target(answer: TextEmbedding, wanted: str, labels: Sequence[str]) -> Target[TextEmbedding]:
    """Which way the vector points: how alike the text and what is left of it are."""
    name, _ = choose(wanted, [("meaning", (), None)])
    return Target(name, lambda other: max(0.0, answer.similarity(other)))


TASK = Task(
    name="text-embedding",
    title="Text Embedding",
    input=Text,
    output=TextEmbedding,
    schema={
        "predictions": {
            "type": "array",
            "description": "For each text its vector. The cosine of two vectors says how alike the texts are.",
            "items": {"type": "array", "items": {"type": "number"}},
            "example": [[0.5, -0.5, 0.5, 0.5]],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "cosine": Measure("1 less the cosine of the angle between the two vectors, 0 to 2", 0.0001),
        "length": Measure("difference of the vectors' lengths, as a share of the longer one", 0.001),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    target=_target,
    join=predictions.join,
    split=predictions.split,
)
