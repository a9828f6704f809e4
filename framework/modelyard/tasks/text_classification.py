"""Text classification: how likely a text belongs to each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept, predictions
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task
from modelyard.text import Text

_ROUNDING = 1e-6
"""How far beyond 1 a probability may be, computed in 32 bits."""


@dataclass(frozen=True)
class TextClassification:
    """How likely a text belongs to each class, the most likely first.

    Attributes:
        probabilities: By the name of the class, 0 to 1.

    Raises:
        ValueError: They are not best first, or one is no probability.
    """

    probabilities: Mapping[str, float]

    def __post_init__(self) -> None:
        values = list(self.probabilities.values())
        # Written so that a NaN fails.
        if not all(0 <= value <= 1 + _ROUNDING for value in values):
            raise ValueError("a probability is a number from 0 to 1")
        if values != sorted(values, reverse=True):
            raise ValueError("the most likely class does not come first")

    @classmethod
    def best(cls, probabilities: NDArray[np.floating], labels: Sequence[str], top: int | None = None) -> Self:
        """The most likely classes of all.

        Args:
            probabilities: [classes], in the order of the labels.
            labels: The names of all classes, no two alike.
            top: How many of them to name, all if left out; of equally likely ones, the first label's comes first.

        Raises:
            ModelyardError: The network knows another number of classes than have names.
        """
        if probabilities.shape != (len(labels),):
            raise ModelyardError(
                f"the network tells {list(probabilities.shape)} classes apart and {len(labels)} have a name: "
                "check `labels` in asset.yaml"
            )
        order = np.argsort(-probabilities, kind="stable")[:top].tolist()
        return cls({labels[one]: float(probabilities[one]) for one in order})


def _encode(answer: TextClassification) -> dict[str, Any]:
    return {"predictions": [dict(answer.probabilities)]}


def _decode(body: Mapping[str, Any]) -> TextClassification:
    try:
        (only,) = body["predictions"]
        return TextClassification({str(label): float(value) for label, value in only.items()})
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of text-classification: {error!r}") from None


def _difference(expected: TextClassification, got: TextClassification) -> dict[str, float]:
    first, second = expected.probabilities, got.probabilities
    if len(first) != len(second):
        return {"probability": 1.0, "top1": 1.0}
    # A class that one answer doesn't name counts as what it may have there at most.
    least_first, least_second = (min(one.values(), default=0.0) for one in (first, second))
    gaps = [
        abs(first.get(label, least_first) - second.get(label, least_second)) for label in first.keys() | second.keys()
    ]
    same_best = next(iter(first), None) == next(iter(second), None)
    return {"probability": max(gaps, default=0.0), "top1": 0.0 if same_best else 1.0}


def _describe(answer: TextClassification, labels: Sequence[str]) -> str:
    named = [f"{label} {value:.1%}" for label, value in answer.probabilities.items()]
    return ", ".join(named[:5]) or "no class"


def _draw(text: Text, answer: TextClassification, labels: Sequence[str]) -> PIL.Image.Image:
    """The text, and below it a bar for each of the most likely classes."""
    return canvas.stacked([canvas.writing(text.splitlines()), canvas.bars(list(answer.probabilities.items()))])


def _observe(answer: TextClassification) -> Sequence[tuple[str, float | None]]:
    """The most likely class, which is what a user takes for the answer."""
    return list(answer.probabilities.items())[:1]


def _target(answer: TextClassification, wanted: str, labels: Sequence[str]) -> Target[TextClassification]:
    """A class, by its name."""
    name, _ = choose(wanted, [(label, (), None) for label in answer.probabilities])
    return Target(name, lambda other: other.probabilities.get(name, 0.0))


TASK = Task(
    name="text-classification",
    title="Text Classification",
    input=Text,
    output=TextClassification,
    schema={
        "predictions": {
            "type": "array",
            "description": "For each text how likely it belongs to each class, by name, the likeliest first.",
            "items": {"type": "object", "additionalProperties": {"type": "number", "description": "0 to 1"}},
            "example": [{"positive": 0.97, "negative": 0.03}],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "probability": Measure("largest difference of the probabilities of any class that either answer names", 0.02),
        "top1": Measure("1 where another class is the most likely, or another number of classes is named", 0),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    observe=_observe,
    target=_target,
    opened={"top": 1_000},
    join=predictions.join,
    split=predictions.split,
)
