"""Classes, the most likely first: the answer that several tasks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.tasks import canvas
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure

_ROUNDING = 1e-6
"""How far beyond 1 a probability may be, computed in 32 bits."""
_SHOWN = 5

MEASURES = {
    "probability": Measure("largest difference of the probabilities of any class that either answer names", 0.02),
    "top1": Measure("1 where another class is the most likely, or another number of classes is named", 0),
}


@dataclass(frozen=True)
class Classification:
    """The classes that something may belong to, the most likely first.

    Attributes:
        classes: The id of each class; id n is line n of the labels.
        labels: The name of each of them.
        probabilities: How likely each of them is, 0 to 1; to 1 in sum where one excludes the others and all are named.

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


OPENED = {"top": 1_000}
"""With which an answer names the classes."""


def target(answer: Classification, wanted: str, labels: Sequence[str]) -> Target[Classification]:
    """A class, by its name or its id; how much another answer says so is the probability that it gives it.

    Args:
        answer: What was answered.
        wanted: The class; the most likely one where it is empty.
        labels: The names of all classes.

    Raises:
        BadInput: The answer names no such class.
    """
    name, number = choose(
        wanted, [(label, (str(one),), one) for one, label in zip(answer.classes, answer.labels, strict=True)]
    )

    def says(other: Classification) -> float:
        return next((p for one, p in zip(other.classes, other.probabilities, strict=True) if one == number), 0.0)

    return Target(name, says)


def schema(noun: str, examples: Sequence[tuple[int, str, float]]) -> dict[str, Any]:
    """The form of the answer, as Model Asset eXchange has it.

    Args:
        noun: What is classified, such as `picture`.
        examples: The id, the name and the probability of some classes, the most likely first.
    """
    first_id, first_label, first_probability = examples[0]
    return {
        "predictions": {
            "type": "array",
            "description": f"The classes that the {noun} may belong to, the most likely first.",
            "items": {
                "type": "object",
                "required": ["label_id", "label", "probability"],
                "properties": {
                    "label_id": {
                        "type": "string",
                        "description": "The id of the class, as /model/labels has it.",
                        "example": str(first_id),
                    },
                    "label": {"type": "string", "description": "The name of the class.", "example": first_label},
                    "probability": {
                        "type": "number",
                        "description": f"How likely the {noun} belongs to it, 0 to 1.",
                        "example": first_probability,
                    },
                },
            },
            "example": [
                {"label_id": str(number), "label": label, "probability": probability}
                for number, label, probability in examples
            ],
        },
    }


def encode(answer: Classification) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "predictions": [
            {"label_id": str(number), "label": label, "probability": probability}
            for number, label, probability in zip(answer.classes, answer.labels, answer.probabilities, strict=True)
        ]
    }


def decoder(task: str) -> Callable[[Mapping[str, Any]], Classification]:
    """What reads an answer of that task."""

    def decode(body: Mapping[str, Any]) -> Classification:
        try:
            predictions = list(body["predictions"])
            return Classification(
                tuple(int(one["label_id"]) for one in predictions),
                tuple(str(one["label"]) for one in predictions),
                tuple(float(one["probability"]) for one in predictions),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ModelyardError(f"this is no answer of {task}: {error!r}") from None

    return decode


def difference(expected: Classification, got: Classification) -> dict[str, float]:
    """The values of `MEASURES`."""
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


def describe(answer: Classification, labels: Sequence[str]) -> str:
    """The most likely classes with their probabilities."""
    named = list(zip(answer.labels, answer.probabilities, strict=True))
    return ", ".join(f"{label} {probability:.1%}" for label, probability in named[:_SHOWN]) or "no class"


def drawn(answer: Classification) -> PIL.Image.Image:
    """A bar for each of the most likely classes."""
    return canvas.bars(list(zip(answer.labels, answer.probabilities, strict=True)), _SHOWN)


def observe(answer: Classification) -> list[tuple[int | str, float | None]]:
    """The most likely class, which is what a user takes for the answer."""
    return list(zip(answer.classes[:1], answer.probabilities[:1], strict=True))
