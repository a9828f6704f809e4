"""Object detection: what is in a picture, and in which box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import PIL.Image
import PIL.ImageDraw
import PIL.ImageOps

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks import canvas, kept
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task

_COLOURS = (
    "#e15759", "#4e9ed8", "#f5a23c", "#5fb760", "#b07ac9", "#f2d13c", "#3fc1b5", "#ff8fb1",
)  # fmt: skip
_LONGEST_SIDE = 960
_SHOWN = 5


@dataclass(frozen=True)
class Box:
    """Where something is, as shares of the upright picture that was sent.

    Attributes:
        top: 0 at the upper edge, 1 at the lower one.
        left: 0 at the left edge, 1 at the right one.
        bottom: Below the top.
        right: Right of the left.

    Raises:
        ValueError: The box leaves the picture, or has no inside.
    """

    top: float
    left: float
    bottom: float
    right: float

    def __post_init__(self) -> None:
        # Written so that a NaN fails.
        if not (0 <= self.top < self.bottom <= 1 and 0 <= self.left < self.right <= 1):
            raise ValueError(
                f"{(self.top, self.left, self.bottom, self.right)} is no box: 0 ≤ top < bottom ≤ 1, and so on"
            )

    @property
    def area(self) -> float:
        """Its share of the picture."""
        return (self.bottom - self.top) * (self.right - self.left)

    def iou(self, other: Box) -> float:
        """Intersection over union (Jaccard index) with another box, 0 to 1."""
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        width = min(self.right, other.right) - max(self.left, other.left)
        both = max(0.0, height) * max(0.0, width)
        return both / (self.area + other.area - both)


@dataclass(frozen=True)
class Detection:
    """One thing that was found.

    Attributes:
        label_id: The id of its class; id n is line n of the labels.
        label: The name of its class.
        probability: How likely it is one, 0 to 1.
        box: Where it is.

    Raises:
        ValueError: The probability is none.
    """

    label_id: int
    label: str
    probability: float
    box: Box

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise ValueError("a probability is a number from 0 to 1")


@dataclass(frozen=True)
class Detections:
    """What was found in a picture, the most likely first; nothing where nothing is.

    Raises:
        ValueError: The most likely one does not come first.
    """

    found: tuple[Detection, ...]

    def __post_init__(self) -> None:
        likely = [one.probability for one in self.found]
        if likely != sorted(likely, reverse=True):
            raise ValueError("the most likely thing does not come first")


def matched(expected: Sequence[Detection], got: Sequence[Detection]) -> list[tuple[Detection, Detection]]:
    """Things of two answers that are the same: of one class, their boxes overlap, the best overlap first."""
    near = [
        (one.box.iou(other.box), a, b)
        for a, one in enumerate(expected)
        for b, other in enumerate(got)
        if one.label_id == other.label_id
    ]
    pairs = []
    first: set[int] = set()
    second: set[int] = set()
    for overlap, a, b in sorted(near, key=lambda one: -one[0]):
        if overlap > 0 and a not in first and b not in second:
            pairs.append((expected[a], got[b]))
            first.add(a)
            second.add(b)
    return pairs


def _encode(answer: Detections) -> dict[str, Any]:
    return {
        "predictions": [
            {
                "label_id": str(one.label_id),
                "label": one.label,
                "probability": one.probability,
                "detection_box": [one.box.top, one.box.left, one.box.bottom, one.box.right],
            }
            for one in answer.found
        ]
    }


def _decode(body: Mapping[str, Any]) -> Detections:
    try:
        found = []
        for one in list(body["predictions"]):
            top, left, bottom, right = (float(edge) for edge in one["detection_box"])
            box = Box(top, left, bottom, right)
            found.append(Detection(int(one["label_id"]), str(one["label"]), float(one["probability"]), box))
        return Detections(tuple(found))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of object-detection: {error!r}") from None


def _difference(expected: Detections, got: Detections) -> dict[str, float]:
    most = max(len(expected.found), len(got.found))
    pairs = matched(expected.found, got.found)
    overlaps = sum(one.box.iou(other.box) for one, other in pairs)
    return {
        "count": float(abs(len(expected.found) - len(got.found))),
        "iou_loss": 1 - overlaps / most if most else 0.0,
        "probability": max((abs(one.probability - other.probability) for one, other in pairs), default=0.0),
    }


def _describe(answer: Detections, labels: Sequence[str]) -> str:
    if not answer.found:
        return "nothing found"
    named = ", ".join(f"{one.label} {one.probability:.1%}" for one in answer.found[:_SHOWN])
    return f"{len(answer.found)} found: {named}{' …' if len(answer.found) > _SHOWN else ''}"


def _observe(answer: Detections) -> list[tuple[int | str, float | None]]:
    """Each thing that was found."""
    return [(one.label_id, one.probability) for one in answer.found]


def _draw(image: Image, answer: Detections, labels: Sequence[str]) -> PIL.Image.Image:
    """The boxes on the picture, with their labels."""
    picture = image.picture().copy()
    if max(picture.size) > _LONGEST_SIDE:
        picture = PIL.ImageOps.contain(picture, (_LONGEST_SIDE, _LONGEST_SIDE))
    pen = PIL.ImageDraw.Draw(picture)
    width = max(2, round(max(picture.size) / 200))
    letters = canvas.font(max(10, 5 * width))
    for number, one in enumerate(answer.found):
        colour = _COLOURS[number % len(_COLOURS)]
        left, right = one.box.left * picture.width, one.box.right * picture.width
        top, bottom = one.box.top * picture.height, one.box.bottom * picture.height
        pen.rectangle((left, top, max(left, right), max(top, bottom)), outline=colour, width=width)
        said = f"{one.label} {one.probability:.0%}"
        place = (left + width, max(0.0, top - 6 * width))
        pen.text(place, said, fill=colour, font=letters, stroke_width=2, stroke_fill="black")
    return picture


def _target(answer: Detections, wanted: str, labels: Sequence[str]) -> Target[Detections]:
    """One thing, the most likely of its class.

    Another answer says so as far as one of its things of that class lies in the same box (intersection over union), and
    as likely as it says: D-RISE (Petsiuk et al. 2021, https://arxiv.org/abs/2006.03204), for one class.
    """
    name, thing = choose(wanted, [(one.label, (str(one.label_id),), one) for one in answer.found])

    def says(other: Detections) -> float:
        alike = (one for one in other.found if one.label_id == thing.label_id)
        return max((one.box.iou(thing.box) * one.probability for one in alike), default=0.0)

    return Target(name, says)


TASK = Task(
    name="object-detection",
    title="Object Detection",
    input=Image,
    output=Detections,
    schema={
        "predictions": {
            "type": "array",
            "description": "What was found, the most likely first; empty where nothing is.",
            "items": {
                "type": "object",
                "required": ["label_id", "label", "probability", "detection_box"],
                "properties": {
                    "label_id": {
                        "type": "string",
                        "description": "The id of the class, as /model/labels has it.",
                        "example": "0",
                    },
                    "label": {"type": "string", "description": "The name of the class.", "example": "face"},
                    "probability": {
                        "type": "number",
                        "description": "How likely it is one, 0 to 1.",
                        "example": 0.92,
                    },
                    "detection_box": {
                        "type": "array",
                        "items": {"type": "number", "minimum": 0, "maximum": 1},
                        "minItems": 4,
                        "maxItems": 4,
                        "description": "Top, left, bottom, right as shares of the upright picture's height and width.",
                        "example": [0.125, 0.25, 0.375, 0.5],
                    },
                },
            },
            "example": [
                {"label_id": "0", "label": "face", "probability": 0.92, "detection_box": [0.125, 0.25, 0.375, 0.5]},
                {"label_id": "0", "label": "face", "probability": 0.61, "detection_box": [0.25, 0.625, 0.5, 0.875]},
            ],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "count": Measure("difference of the numbers of things found", 0),
        "iou_loss": Measure(
            "1 - intersection over union of the boxes, the mean over the things; 1 for one in one answer", 0.05
        ),
        "probability": Measure("largest difference of the probabilities of a thing that both answers have", 0.03),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    observe=_observe,
    target=_target,
    opened={"threshold": 0.05},
)
