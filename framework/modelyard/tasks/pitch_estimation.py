"""Pitch estimation: how high a voice or an instrument sounds, moment by moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard import pitch
from modelyard.audio import Audio
from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task

_RATE = 4_000
_ROUNDING = 1e-6
_OCTAVE = 1_200.0
"""Cents, of which a semitone has 100: what stands for the difference of answers that have no moment in common."""


@dataclass(frozen=True, eq=False)
class PitchTrack:
    """The pitch of one voice over time.

    Attributes:
        times: float64 [moments], seconds from the beginning of the sound, rising.
        frequencies: float64 [moments], in Hz; NaN where there is no pitch.
        confidence: float64 [moments], how sure it is that there is one, 0 to 1.

    Raises:
        ValueError: They are not of one length, times don't rise, or a number is out of its range.
    """

    times: NDArray[np.float64]
    frequencies: NDArray[np.float64]
    confidence: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not self.times.shape == self.frequencies.shape == self.confidence.shape or self.times.ndim != 1:
            raise ValueError("there is not one frequency and one confidence to each time")
        # Written so that a NaN fails.
        if not ((self.times >= 0) & (self.times < np.inf)).all() or not (np.diff(self.times) > 0).all():
            raise ValueError("the times don't rise")
        there = self.frequencies[self.voiced]
        if not ((there > 0) & (there < np.inf)).all():
            raise ValueError("a frequency is a number above 0")
        if not ((self.confidence >= 0) & (self.confidence <= 1 + _ROUNDING)).all():
            raise ValueError("a confidence is a number from 0 to 1")

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """[moments], where there is a pitch."""
        return ~np.isnan(self.frequencies)

    @property
    def pitches(self) -> NDArray[np.float64]:
        """[moments], as MIDI has them, with the part of a semitone that is left; NaN where there is none."""
        return 69 + 12 * np.log2(self.frequencies / 440)


def _encode(answer: PitchTrack) -> dict[str, Any]:
    voiced = answer.voiced.tolist()
    frequencies = answer.frequencies.tolist()
    return {
        "times": answer.times,
        "frequencies": [value if there else None for value, there in zip(frequencies, voiced, strict=True)],
        "confidence": answer.confidence,
    }


def _decode(body: Mapping[str, Any]) -> PitchTrack:
    try:
        return PitchTrack(
            np.array([float(one) for one in body["times"]], np.float64),
            np.array([np.nan if one is None else float(one) for one in body["frequencies"]], np.float64),
            np.array([float(one) for one in body["confidence"]], np.float64),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of pitch-estimation: {error!r}") from None


def _difference(expected: PitchTrack, got: PitchTrack) -> dict[str, float]:
    if len(expected.times) != len(got.times) or not np.allclose(expected.times, got.times, atol=1e-4):
        return {"cents": _OCTAVE, "voicing": 1.0, "confidence": 1.0}
    if not len(expected.times):
        return {"cents": 0.0, "voicing": 0.0, "confidence": 0.0}
    both, either = expected.voiced & got.voiced, expected.voiced | got.voiced
    apart = 100 * np.abs(expected.pitches[both] - got.pitches[both])
    return {
        "cents": float(apart.mean()) if both.any() else _OCTAVE if either.any() else 0.0,
        "voicing": float((expected.voiced != got.voiced).mean()),
        "confidence": float(np.abs(expected.confidence - got.confidence).mean()),
    }


def _describe(answer: PitchTrack, labels: Sequence[str]) -> str:
    there = answer.frequencies[answer.voiced]
    if not len(there):
        return f"no pitch in {len(answer.times)} moments"
    middle = float(np.median(there))
    return (
        f"pitch in {len(there)} of {len(answer.times)} moments, {there.min():.1f} to {there.max():.1f} Hz, "
        f"in the middle {middle:.1f} Hz ({pitch.name(round(pitch.number(middle)))})"
    )


def _draw(audio: Audio, answer: PitchTrack, labels: Sequence[str]) -> PIL.Image.Image:
    """The pitch as a line over time, and below it the sound."""
    heights = [value if there else None for value, there in zip(answer.pitches, answer.voiced, strict=True)]
    chart = canvas.Pitches([one for one in heights if one is not None], audio.seconds)
    chart.curve(answer.times.tolist(), heights)
    return canvas.stacked([chart.picture, canvas.wave(audio.samples(_RATE))])


TASK = Task(
    name="pitch-estimation",
    title="Pitch Estimation",
    input=Audio,
    output=PitchTrack,
    schema={
        "times": {
            "type": "array",
            "items": {"type": "number"},
            "description": "Seconds from the beginning of the sound.",
            "example": [0.0, 0.016, 0.032],
        },
        "frequencies": {
            "type": "array",
            "items": {"type": "number", "x-nullable": True},
            "description": "The pitch at each of the times, in Hz; null where there is none.",
            "example": [None, 219.5, 220.25],
        },
        "confidence": {
            "type": "array",
            "items": {"type": "number"},
            "description": "How sure it is that there is a pitch at each of the times, 0 to 1.",
            "example": [0.125, 0.75, 0.875],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "cents": Measure("difference of the pitches where both answers have one, in hundredths of a semitone, mean", 2),
        "voicing": Measure("share of the times at which only one of the answers has a pitch", 0.01),
        "confidence": Measure("difference of the confidences, the mean", 0.005),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
)
