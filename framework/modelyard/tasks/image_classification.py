"""Image classification: what a picture shows, the most likely first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task

_ROUNDING = 1e-6
"""How far beyond 1 a probability may be, computed in 32 bits."""
_SHOWN = 5


@dataclass(frozen=True)
class Classification:
    """The classes that a picture may belong to, the most likely first.

    Attributes:
        classes: The id of each class; id n is line n of the labels.
        labels: The name of each of them.
        probabilities: How likely each of them is, 0 to 1. Where every class is named, they sum to 1.

    Raises:
        ValueError: They are not of one length or not best first, a class stands twice, or a probability is none.
    """

    classes: tuple[int, ...]
    labels: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.classes) == len(self.labels) == len(self.probabilities):
            raise ValueError("there is not one class to each label and probability")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError("a class stands there twice")
        # Written so that a NaN fails.
        if not all(0 <= probability <= 1 + _ROUNDING for probability in self.probabilities):
            raise ValueError("a probability is a number from 0 to 1")
        if list(self.probabilities) != sorted(self.probabilities, reverse=True):
            raise ValueError("the most likely class does not come first")

    @classmethod
    def best(cls, probabilities: NDArray[np.floating], labels: Sequence[str], top: int) -> Self:
        """The most likely classes of all.

        Args:
            probabilities: [classes], the probability of each class, in the order of the labels.
            labels: The names of all classes.
            top: How many of them to name; of equally likely ones, the lower id comes first.

        Raises:
            ModelyardError: The network knows another number of classes than have names.
        """
        if probabilities.shape != (len(labels),):
            raise ModelyardError(
                f"the network tells {list(probabilities.shape)} classes apart and {len(labels)} have a name: "
                "check `labels` in asset.yaml"
            )
        chosen = np.argsort(-probabilities, kind="stable")[:top].tolist()
        return cls(tuple(chosen), tuple(labels[i] for i in chosen), tuple(float(probabilities[i]) for i in chosen))


def _encode(answer: Classification) -> dict[str, Any]:
    return {
        "predictions": [
            {"label_id": str(number), "label": label, "probability": probability}
            for number, label, probability in zip(answer.classes, answer.labels, answer.probabilities, strict=True)
        ]
    }


def _decode(body: Mapping[str, Any]) -> Classification:
    try:
        predictions = list(body["predictions"])
        return Classification(
            tuple(int(one["label_id"]) for one in predictions),
            tuple(str(one["label"]) for one in predictions),
            tuple(float(one["probability"]) for one in predictions),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of image-classification: {error!r}") from None


def _difference(expected: Classification, got: Classification) -> dict[str, float]:
    if len(expected.classes) != len(got.classes):
        return {"probability": 1.0, "top1": 1.0}
    first, second = _by_name(expected), _by_name(got)
    # Which classes come last in two answers may differ by a hair, so one that an answer doesn't name
    # counts as what it may have there at most.
    first_rest, second_rest = (min(named.values(), default=0.0) for named in (first, second))
    gaps = [abs(first[one] - second[one]) for one in first.keys() & second.keys()]
    gaps += [first[one] - second_rest for one in first.keys() - second.keys()]
    gaps += [second[one] - first_rest for one in second.keys() - first.keys()]
    same_best = next(iter(first), None) == next(iter(second), None)
    return {"probability": max(gaps, default=0.0), "top1": 0.0 if same_best else 1.0}


def _by_name(answer: Classification) -> dict[tuple[int, str], float]:
    """Probabilities by id and label together, so that a label on another class is another class."""
    named = zip(answer.classes, answer.labels, strict=True)
    return dict(zip(named, answer.probabilities, strict=True))


def _describe(answer: Classification, labels: Sequence[str]) -> str:
    named = list(zip(answer.labels, answer.probabilities, strict=True))
    return ", ".join(f"{label} {probability:.1%}" for label, probability in named[:_SHOWN]) or "no class"


def _draw(image: Image, answer: Classification, labels: Sequence[str]) -> PIL.Image.Image:
    """The picture, and below it a bar for each of the most likely classes."""
    photo = PIL.ImageOps.contain(image.picture(), (canvas.WIDTH, canvas.WIDTH))
    return canvas.stacked([photo, canvas.bars(list(zip(answer.labels, answer.probabilities, strict=True)), _SHOWN)])


def _observe(answer: Classification) -> list[tuple[int | str, float | None]]:
    """The most likely class, which is what a user takes for the answer."""
    return list(zip(answer.classes[:1], answer.probabilities[:1], strict=True))


TASK = Task(
    name="image-classification",
    title="Image Classification",
    input=Image,
    output=Classification,
    schema={
        "predictions": {
            "type": "array",
            "description": "The classes that the picture may belong to, the most likely first.",
            "items": {
                "type": "object",
                "required": ["label_id", "label", "probability"],
                "properties": {
                    "label_id": {
                        "type": "string",
                        "description": "The id of the class, as /model/labels has it.",
                        "example": "162",
                    },
                    "label": {"type": "string", "description": "The name of the class.", "example": "beagle"},
                    "probability": {
                        "type": "number",
                        "description": "How likely the picture belongs to it, 0 to 1.",
                        "example": 0.82,
                    },
                },
            },
            "example": [
                {"label_id": "162", "label": "beagle", "probability": 0.82},
                {"label_id": "161", "label": "basset", "probability": 0.09},
            ],
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
)
