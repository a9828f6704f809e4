"""Human pose estimation: where the people in a picture have their noses, elbows, knees and other parts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageOps

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task

PARTS = (
    "Nose",
    "Neck",
    "RShoulder",
    "RElbow",
    "RWrist",
    "LShoulder",
    "LElbow",
    "LWrist",
    "RHip",
    "RKnee",
    "RAnkle",
    "LHip",
    "LKnee",
    "LAnkle",
    "REye",
    "LEye",
    "REar",
    "LEar",
)
"""The parts of a body by id, as Model Asset eXchange and OpenPose name them: COCO's 17, and the neck.

Left and right are the person's own.
"""

LINES = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
"""The parts between which a line is drawn, in the order in which Model Asset eXchange sends them."""

_SPREAD = (
    0.026, 0.079, 0.079, 0.072, 0.062, 0.079, 0.072, 0.062, 0.107, 0.087, 0.089,
    0.107, 0.087, 0.089, 0.025, 0.025, 0.035, 0.035,
)  # fmt: skip
"""How far apart people put a part, as a share of the person's size (COCO's sigmas); the neck's is a shoulder's."""

_COLOURS = (
    "#e15759", "#4e9ed8", "#f5a23c", "#5fb760", "#b07ac9", "#f2d13c", "#3fc1b5", "#ff8fb1",
)  # fmt: skip
_LONGEST_SIDE = 960


@dataclass(frozen=True)
class BodyPart:
    """One part of a person.

    Attributes:
        part: Its id, the place in `PARTS`.
        x: Pixels from the left edge of the upright picture as it was sent.
        y: Pixels from the top edge.
        score: How certain it is, 0 to 1.

    Raises:
        ValueError: There is no such part, or the score is none.
    """

    part: int
    x: int
    y: int
    score: float

    def __post_init__(self) -> None:
        if not 0 <= self.part < len(PARTS):
            raise ValueError(f"there is no part {self.part}")
        # Written so that a NaN fails.
        if not 0 <= self.score <= 1:
            raise ValueError("a score is a number from 0 to 1")

    @property
    def name(self) -> str:
        """What it is called."""
        return PARTS[self.part]


@dataclass(frozen=True)
class Person:
    """The parts of one person that were found, in the order of their ids.

    Raises:
        ValueError: There is none, one stands twice, or they are not in order.
    """

    parts: tuple[BodyPart, ...]

    def __post_init__(self) -> None:
        ids = [one.part for one in self.parts]
        if not ids or ids != sorted(set(ids)):
            raise ValueError("a person has at least one part, each of them once, in the order of their ids")

    @property
    def score(self) -> float:
        """How certain the person is, 0 to 1: the mean of the parts'."""
        return sum(one.score for one in self.parts) / len(self.parts)

    @property
    def lines(self) -> list[tuple[BodyPart, BodyPart]]:
        """The pairs of `LINES` of which both parts were found."""
        found = {one.part: one for one in self.parts}
        return [(found[one], found[other]) for one, other in LINES if one in found and other in found]

    @property
    def area(self) -> float:
        """The size that distances are held to, in pixels squared: of the box around the parts.

        Parts that stand nearly in a line make a box of no area, so its shorter side counts as at least half of the
        longer one.
        """
        width, height = (np.ptp([getattr(one, axis) for one in self.parts]) + 1.0 for axis in "xy")
        longer = max(width, height)
        return float(longer * max(min(width, height), longer / 2))


@dataclass(frozen=True)
class Poses:
    """The people in a picture, the most certain first where a pipeline gives them; none where there is nobody."""

    people: tuple[Person, ...]


def similarity(truth: Person, found: Person, area: float | None = None) -> float:
    """Object keypoint similarity (https://cocodataset.org/#keypoints-eval), 0 to 1: how near the parts are.

    Args:
        truth: The person as they are; a part that is missing here is not looked at.
        found: The person as found; a part that is missing here is as far away as can be.
        area: The size of the person in pixels squared; that of the box around the parts if left out.
    """
    area = truth.area if area is None else area
    there = {one.part: one for one in found.parts}
    total = 0.0
    for one in truth.parts:
        if (other := there.get(one.part)) is not None:
            squared = (one.x - other.x) ** 2 + (one.y - other.y) ** 2
            total += math.exp(-squared / (2 * area * (2 * _SPREAD[one.part]) ** 2))
    return total / len(truth.parts)


def matched(expected: Sequence[Person], got: Sequence[Person]) -> list[tuple[Person, Person]]:
    """People of two answers who are the same, the most alike first; nobody is matched to who is nowhere near."""
    near = [(similarity(one, other), a, b) for a, one in enumerate(expected) for b, other in enumerate(got)]
    pairs = []
    first: set[int] = set()
    second: set[int] = set()
    for alike, a, b in sorted(near, key=lambda one: -one[0]):
        if alike > 0 and a not in first and b not in second:
            pairs.append((expected[a], got[b]))
            first.add(a)
            second.add(b)
    return pairs


def _encode(answer: Poses) -> dict[str, Any]:
    return {
        "predictions": [
            {
                "human_id": number,
                "score": person.score,
                "pose_lines": [{"line": [one.x, one.y, other.x, other.y]} for one, other in person.lines],
                "body_parts": [
                    {"part_id": one.part, "part_name": one.name, "score": one.score, "x": one.x, "y": one.y}
                    for one in person.parts
                ],
            }
            for number, person in enumerate(answer.people)
        ]
    }


def _decode(body: Mapping[str, Any]) -> Poses:
    try:
        return Poses(
            tuple(
                Person(
                    tuple(
                        BodyPart(int(one["part_id"]), int(one["x"]), int(one["y"]), float(one["score"]))
                        for one in person["body_parts"]
                    )
                )
                for person in list(body["predictions"])
            )
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of human-pose-estimation: {error!r}") from None


def _difference(expected: Poses, got: Poses) -> dict[str, float]:
    most = max(len(expected.people), len(got.people))
    pairs = matched(expected.people, got.people)
    # Looked at from both sides, so that a part too many counts as much as one too few.
    alike = [min(similarity(one, other), similarity(other, one)) for one, other in pairs]
    gaps = [0.0]
    for one, other in pairs:
        scores = {part.part: part.score for part in other.parts}
        gaps += [abs(part.score - scores[part.part]) for part in one.parts if part.part in scores]
    return {
        "people": float(abs(len(expected.people) - len(got.people))),
        "oks_loss": 1 - sum(alike) / most if most else 0.0,
        "score": max(gaps),
    }


def _describe(answer: Poses, labels: Sequence[str]) -> str:
    if not answer.people:
        return "nobody"
    counted = "1 person" if len(answer.people) == 1 else f"{len(answer.people)} people"
    each = [f"{len(person.parts)} parts {person.score:.0%}" for person in answer.people[:5]]
    return f"{counted}: {', '.join(each)}{' …' if len(answer.people) > len(each) else ''}"


def _observe(answer: Poses) -> list[tuple[int | str, float | None]]:
    """A person for each that was found."""
    return [("person", person.score) for person in answer.people]


def _draw(image: Image, answer: Poses, labels: Sequence[str]) -> PIL.Image.Image:
    """The people's lines and parts on the picture, a colour for each person."""
    whole = image.picture()
    picture = PIL.ImageOps.contain(whole, (_LONGEST_SIDE, _LONGEST_SIDE)) if max(whole.size) > _LONGEST_SIDE else whole
    picture = picture.copy()
    across, down = picture.width / whole.width, picture.height / whole.height
    pen = PIL.ImageDraw.Draw(picture)
    width = max(2, round(max(picture.size) / 160))
    letters = canvas.font(max(10, 4 * width))
    for number, person in enumerate(answer.people):
        colour = _COLOURS[number % len(_COLOURS)]
        for one, other in person.lines:
            ends = (one.x * across, one.y * down, other.x * across, other.y * down)
            pen.line(ends, fill="black", width=width + 2)
            pen.line(ends, fill=colour, width=width)
        for one in person.parts:
            x, y = one.x * across, one.y * down
            pen.ellipse((x - width, y - width, x + width, y + width), fill=colour, outline="black")
        top = min(person.parts, key=lambda one: one.y)
        place = (top.x * across, max(0.0, top.y * down - 8 * width))
        pen.text(place, f"{number}", fill=colour, font=letters, stroke_width=2, stroke_fill="black", anchor="mt")
    return picture


TASK = Task(
    name="human-pose-estimation",
    title="Human Pose Estimation",
    input=Image,
    output=Poses,
    schema={
        "predictions": {
            "type": "array",
            "description": "The people in the picture, the most certain first; empty where there is nobody.",
            "items": {
                "type": "object",
                "required": ["human_id", "score", "pose_lines", "body_parts"],
                "properties": {
                    "human_id": {"type": "integer", "description": "The person's place in this list.", "example": 0},
                    "score": {
                        "type": "number",
                        "description": "How certain the person is, 0 to 1: the mean of the parts'.",
                        "example": 0.71,
                    },
                    "pose_lines": {
                        "type": "array",
                        "description": "Lines between parts that belong together.",
                        "items": {
                            "type": "object",
                            "required": ["line"],
                            "properties": {
                                "line": {
                                    "type": "array",
                                    "items": {"type": "integer"},
                                    "minItems": 4,
                                    "maxItems": 4,
                                    "description": "x1, y1, x2, y2 in pixels of the picture that was sent, upright.",
                                    "example": [110, 53, 91, 53],
                                }
                            },
                        },
                    },
                    "body_parts": {
                        "type": "array",
                        "description": "The parts that were found, in the order of their ids.",
                        "items": {
                            "type": "object",
                            "required": ["part_id", "part_name", "score", "x", "y"],
                            "properties": {
                                "part_id": {
                                    "type": "integer",
                                    "minimum": 0,
                                    "maximum": len(PARTS) - 1,
                                    "description": "The id of the part.",
                                    "example": 0,
                                },
                                "part_name": {
                                    "type": "string",
                                    "enum": list(PARTS),
                                    "description": "Its name; left and right are the person's own.",
                                    "example": "Nose",
                                },
                                "score": {
                                    "type": "number",
                                    "description": "How certain the part is, 0 to 1.",
                                    "example": 0.76,
                                },
                                "x": {
                                    "type": "integer",
                                    "description": "Pixels from the left edge of the picture that was sent, upright.",
                                    "example": 110,
                                },
                                "y": {
                                    "type": "integer",
                                    "description": "Pixels from its top edge.",
                                    "example": 53,
                                },
                            },
                        },
                    },
                },
            },
            "example": [
                {
                    "human_id": 0,
                    "score": 0.75,
                    "pose_lines": [{"line": [110, 80, 91, 82]}, {"line": [110, 80, 111, 53]}],
                    "body_parts": [
                        {"part_id": 0, "part_name": "Nose", "score": 0.75, "x": 111, "y": 53},
                        {"part_id": 1, "part_name": "Neck", "score": 0.875, "x": 110, "y": 80},
                        {"part_id": 2, "part_name": "RShoulder", "score": 0.625, "x": 91, "y": 82},
                    ],
                }
            ],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "people": Measure("difference of the numbers of people", 0),
        "oks_loss": Measure(
            "1 - object keypoint similarity, the mean over the people; 1 for who is in one answer only", 0.05
        ),
        "score": Measure("largest difference of the scores of a part that both answers have", 0.05),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    observe=_observe,
)
