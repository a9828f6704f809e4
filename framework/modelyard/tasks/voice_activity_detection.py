"""Voice activity detection: when somebody speaks in a sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from modelyard.audio import Audio
from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task

_ROUNDING = 1e-6
"""How far beyond 1 a probability may be, computed in 32 bits."""
_DIGITS = 4
"""Of a probability as it is sent: a minute has some two thousand of them."""
_HEIGHT, _CURVE, _SHOWN_RATE = 96, 48, 8_000
_SPOKEN, _LINE = "#d6ecdc", "#1d6b46"

Span = tuple[float, float]


@dataclass(frozen=True)
class VoiceActivity:
    """When somebody speaks.

    Attributes:
        segments: Begin and end of each stretch of speech, in seconds, the first one first.
        seconds: How long the sound is.
        probabilities: float [frames], how likely each frame is speech, 0 to 1.
        frame_seconds: How long a frame is; the last one may reach beyond the end of the sound.

    Raises:
        ValueError: Segments are out of order, overlap or lie outside the sound, a probability is none, or the frames
            are not as many as the sound has.
    """

    segments: tuple[Span, ...]
    seconds: float
    probabilities: NDArray[np.floating]
    frame_seconds: float

    def __post_init__(self) -> None:
        edges = [edge for segment in self.segments for edge in segment]
        # Written so that a NaN fails.
        if not all(before <= after for before, after in zip([0.0, *edges], [*edges, self.seconds], strict=True)):
            raise ValueError("segments stand in their order, do not overlap and lie within the sound")
        if not all(begin < end for begin, end in self.segments):
            raise ValueError("a segment ends after it begins")
        if self.probabilities.ndim != 1 or not self.frame_seconds > 0:
            raise ValueError("there is one probability for each frame, and a frame takes time")
        if not ((self.probabilities >= 0) & (self.probabilities <= 1 + _ROUNDING)).all():
            raise ValueError("a probability is a number from 0 to 1")
        if abs(len(self.probabilities) * self.frame_seconds - self.seconds) > self.frame_seconds:
            raise ValueError("there are not as many frames as the sound is long")

    @property
    def spoken(self) -> float:
        """Seconds of speech."""
        return sum(end - begin for begin, end in self.segments)


def _encode(answer: VoiceActivity) -> dict[str, Any]:
    return {
        "predictions": [{"start": begin, "end": end} for begin, end in answer.segments],
        "seconds": answer.seconds,
        "frame_seconds": answer.frame_seconds,
        "probabilities": np.round(np.asarray(answer.probabilities, np.float64), _DIGITS).tolist(),
    }


def _decode(body: Mapping[str, Any]) -> VoiceActivity:
    try:
        return VoiceActivity(
            tuple((float(one["start"]), float(one["end"])) for one in body["predictions"]),
            float(body["seconds"]),
            np.array(body["probabilities"], np.float64),
            float(body["frame_seconds"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of voice-activity-detection: {error!r}") from None


def shared(first: Sequence[Span], second: Sequence[Span]) -> float:
    """Seconds that lie in a segment of both lists; each in its order, without overlaps."""
    return sum(max(0.0, min(a[1], b[1]) - max(a[0], b[0])) for a in first for b in second)


def _difference(expected: VoiceActivity, got: VoiceActivity) -> dict[str, float]:
    both = shared(expected.segments, got.segments)
    either = expected.spoken + got.spoken - both
    # A sum of parts may miss the whole by some digits.
    gaps = [expected.seconds - got.seconds, expected.frame_seconds - got.frame_seconds]
    if len(expected.probabilities) != len(got.probabilities) or not all(abs(gap) < 1e-3 for gap in gaps):
        probability = 1.0
    else:
        apart = np.abs(expected.probabilities - got.probabilities)
        probability = float(apart.mean()) if apart.size else 0.0
    return {
        "iou_loss": max(0.0, 1 - both / either) if either > 0 else 0.0,
        "segments": float(abs(len(expected.segments) - len(got.segments))),
        "probability": probability,
    }


def _describe(answer: VoiceActivity, labels: Sequence[str]) -> str:
    if not answer.segments:
        return f"no speech in {answer.seconds:.1f} s"
    named = ", ".join(f"{begin:.2f}–{end:.2f} s" for begin, end in answer.segments[:4])
    more = f" and {len(answer.segments) - 4} more" if len(answer.segments) > 4 else ""
    return f"{answer.spoken:.1f} s of speech in {answer.seconds:.1f} s: {named}{more}"


def _draw(audio: Audio, answer: VoiceActivity, labels: Sequence[str]) -> PIL.Image.Image:
    """The wave on the segments, and below it how likely each frame is speech."""
    samples = audio.samples(_SHOWN_RATE)
    wave = canvas.wave(samples / max(1e-9, float(np.abs(samples).max(initial=0))), _HEIGHT)
    across = canvas.WIDTH / max(answer.seconds, 1e-9)
    curve = PIL.Image.new("RGB", (canvas.WIDTH, _CURVE), "white")
    ground = PIL.Image.new("RGB", wave.size, "white")
    for picture in (ground, curve):
        pen = PIL.ImageDraw.Draw(picture)
        for begin, end in answer.segments:
            pen.rectangle((begin * across, 0, end * across, picture.height), fill=_SPOKEN)
    white = wave.convert("L").point(lambda value: 255 * (value == 255))
    wave.paste(ground, mask=white)
    times = (np.arange(len(answer.probabilities)) + 0.5) * answer.frame_seconds * across
    heights = (1 - answer.probabilities) * (_CURVE - 3) + 1
    pen.line(list(zip(times.tolist(), heights.tolist(), strict=True)), fill=_LINE)
    return canvas.stacked([wave, curve])


def _target(answer: VoiceActivity, wanted: str, labels: Sequence[str]) -> Target[VoiceActivity]:
    """The speech: how likely another answer has it in the frames of the segments, on the mean."""
    name, _ = choose(wanted, [("speech", (), None)] if answer.segments else [])
    middles = (np.arange(len(answer.probabilities)) + 0.5) * answer.frame_seconds
    spoken = np.zeros(len(middles), bool)
    for begin, end in answer.segments:
        spoken |= (begin <= middles) & (middles < end)

    def says(other: VoiceActivity) -> float:
        # A sound that was taken apart and put together again may have a frame more or less at its end.
        frames = other.probabilities[: len(spoken)][spoken[: len(other.probabilities)]]
        return float(frames.mean()) if frames.size else 0.0

    return Target(name, says)


TASK = Task(
    name="voice-activity-detection",
    title="Voice Activity Detection",
    input=Audio,
    output=VoiceActivity,
    schema={
        "predictions": {
            "type": "array",
            "description": "Each stretch of speech, in its order; empty where nobody speaks.",
            "items": {
                "type": "object",
                "required": ["start", "end"],
                "properties": {
                    "start": {"type": "number", "description": "Where it begins, in seconds.", "example": 0.034},
                    "end": {"type": "number", "description": "Where it ends, in seconds.", "example": 0.126},
                },
            },
            "example": [{"start": 0.034, "end": 0.126}],
        },
        "seconds": {"type": "number", "description": "How long the sound is.", "example": 0.15},
        "frame_seconds": {"type": "number", "description": "How long a frame is, in seconds.", "example": 0.032},
        "probabilities": {
            "type": "array",
            "description": "How likely each frame is speech, 0 to 1, to four digits: 31 a second, so 18,750 at most "
            "of a sound of ten minutes.",
            "items": {"type": "number"},
            "example": [0.0312, 0.9145, 0.9721, 0.8834, 0.1406],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "iou_loss": Measure("1 - intersection over union of the time that either answer calls speech", 0.02),
        "segments": Measure("difference of the numbers of segments", 0),
        "probability": Measure("mean difference of the frames' probabilities; 1 where they are not as many", 0.005),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    target=_target,
)
