"""Quality assessment: how good a recording sounds, as people would score it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw

from modelyard.audio import Audio
from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task

WORST, BEST = 1.0, 5.0
"""Of the scale of mean opinion scores (ITU-T P.800)."""
_SHOWN_RATE = 8_000
_MARK = "#b23a18"


@dataclass(frozen=True)
class ScoredWindow:
    """The scores of a part of the recording.

    Attributes:
        start: Where it begins, in seconds.
        end: Where it ends; a recording that is too short for a window is repeated to fill one.
        scores: By name.
    """

    start: float
    end: float
    scores: Mapping[str, float]


@dataclass(frozen=True)
class Quality:
    """How good a recording sounds, on the scale of mean opinion scores: from 1, bad, to 5, excellent.

    A model may go beyond the ends of the scale by a little.

    Attributes:
        scores: Of the whole, by name; the one that sums up comes first.
        windows: The parts that were scored one by one, the first one first.

    Raises:
        ValueError: There is no score, one is not finite, or a window has other scores than the whole or no length.
    """

    scores: Mapping[str, float]
    windows: tuple[ScoredWindow, ...]

    def __post_init__(self) -> None:
        if not self.scores or not all(map(math.isfinite, self.scores.values())):
            raise ValueError("a recording has scores, and they are finite numbers")
        for window in self.windows:
            if window.scores.keys() != self.scores.keys() or not all(map(math.isfinite, window.scores.values())):
                raise ValueError("a window has the scores that the whole has")
            if not 0 <= window.start < window.end:
                raise ValueError("a window ends after it begins")

    @property
    def overall(self) -> float:
        """The score that sums up."""
        return next(iter(self.scores.values()))


def _encode(answer: Quality) -> dict[str, Any]:
    windows = [{"start": one.start, "end": one.end, "scores": dict(one.scores)} for one in answer.windows]
    return {"predictions": [dict(answer.scores)], "windows": windows}


def _decode(body: Mapping[str, Any]) -> Quality:
    try:
        (scores,) = body["predictions"]
        windows = [
            ScoredWindow(float(one["start"]), float(one["end"]), _numbers(one["scores"])) for one in body["windows"]
        ]
        return Quality(_numbers(scores), tuple(windows))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of quality-assessment: {error!r}") from None


def _numbers(scores: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(score) for name, score in scores.items()}


def _difference(expected: Quality, got: Quality) -> dict[str, float]:
    pairs = list(zip(expected.windows, got.windows, strict=False))
    same = len(expected.windows) == len(got.windows) and all(
        abs(one.start - other.start) < 1e-3 and abs(one.end - other.end) < 1e-3 for one, other in pairs
    )
    return {
        "score": _gap(expected.scores, got.scores),
        "window": max((_gap(one.scores, other.scores) for one, other in pairs), default=0.0) if same else BEST - WORST,
    }


def _gap(expected: Mapping[str, float], got: Mapping[str, float]) -> float:
    if expected.keys() != got.keys():
        return BEST - WORST
    return max(abs(expected[name] - got[name]) for name in expected)


def _describe(answer: Quality, labels: Sequence[str]) -> str:
    return ", ".join(f"{name} {score:.2f}" for name, score in answer.scores.items())


def _draw(audio: Audio, answer: Quality, labels: Sequence[str]) -> PIL.Image.Image:
    """A gauge for each score, and the wave with the summing score of each window over it."""
    gauges = PIL.Image.new("RGB", (canvas.WIDTH, len(answer.scores) * (canvas.ROW + canvas.GAP)), "white")
    pen, letters = PIL.ImageDraw.Draw(gauges), canvas.font()
    for number, (name, score) in enumerate(answer.scores.items()):
        top = number * (canvas.ROW + canvas.GAP)
        middle = top + canvas.ROW / 2
        pen.rectangle((0, top, canvas.WIDTH, top + canvas.ROW), fill=canvas.PALE)
        pen.rectangle((0, top, canvas.WIDTH * _share(score), top + canvas.ROW), fill=canvas.STRONG)
        for tick in range(2, 5):
            pen.line((canvas.WIDTH * _share(tick), top, canvas.WIDTH * _share(tick), top + canvas.ROW), fill="white")
        pen.text((canvas.GAP, middle), name, fill=canvas.INK, font=letters, anchor="lm")
        pen.text((canvas.WIDTH - canvas.GAP, middle), f"{score:.2f}", fill=canvas.INK, font=letters, anchor="rm")
    samples = audio.samples(_SHOWN_RATE)
    wave = canvas.wave(samples / max(1e-9, float(np.abs(samples).max(initial=0))))
    pen = PIL.ImageDraw.Draw(wave)
    across = canvas.WIDTH / max(audio.seconds, 1e-9)
    for window in answer.windows:
        height = (1 - _share(next(iter(window.scores.values())))) * (wave.height - 2)
        middle = (window.start + min(window.end, audio.seconds)) / 2 * across
        pen.line((middle - 4, height, middle + 4, height), fill=_MARK, width=2)
    return canvas.stacked([gauges, wave])


def _share(score: float) -> float:
    """Where on the scale a score stands, 0 to 1."""
    return min(1.0, max(0.0, (score - WORST) / (BEST - WORST)))


_SCORES = {"type": "object", "additionalProperties": {"type": "number", "description": "1, bad, to 5, excellent"}}


def _target(answer: Quality, wanted: str, labels: Sequence[str]) -> Target[Quality]:
    """A score, by its name: what makes it as good as it is."""
    name, _ = choose(wanted, [(one, (), None) for one in answer.scores])
    return Target(name, lambda other: min(1.0, max(0.0, (other.scores.get(name, WORST) - WORST) / (BEST - WORST))))


TASK = Task(
    name="quality-assessment",
    title="Quality Assessment",
    input=Audio,
    output=Quality,
    schema={
        "predictions": {
            "type": "array",
            "description": "One entry: the scores of the whole by name, 1 to 5, the one that sums up first.",
            "items": _SCORES,
            "example": [{"OVR": 3.2, "SIG": 3.5, "BAK": 4.0}],
        },
        "windows": {
            "type": "array",
            "description": "The scores of each part of the recording, the first one first.",
            "items": {
                "type": "object",
                "required": ["start", "end", "scores"],
                "properties": {
                    "start": {"type": "number", "description": "Where it begins, in seconds.", "example": 0.0},
                    "end": {"type": "number", "description": "Where it ends, in seconds.", "example": 9.01},
                    "scores": _SCORES,
                },
            },
            "example": [
                {"start": 0.0, "end": 9.01, "scores": {"OVR": 3.1, "SIG": 3.4, "BAK": 4.0}},
                {"start": 1.0, "end": 10.01, "scores": {"OVR": 3.3, "SIG": 3.6, "BAK": 4.0}},
            ],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "score": Measure("largest difference of any score of the whole; 4 where other scores are named", 0.02),
        "window": Measure("largest difference of any score of any window; 4 where there are other windows", 0.05),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    target=_target,
)
