"""SwiftF0: a sound at 16 kHz through a small network, which gives a pitch and a confidence every 16 milliseconds.

It follows `SwiftF0.detect` in `core.py` of swift-f0 0.3.0: half a minute at a time, with as much of what is before and
after as the network sees, and no pitch where the sound is silent.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from modelyard import Audio, BadInput, Parameter, Pipeline, PitchTrack, Tensors

RATE = 16_000
HOP = 256
LOWEST, HIGHEST = 46.875, 2093.75
"""Hz, what the network knows."""
NARROWEST = (HIGHEST / LOWEST) ** (1 / 94)
"""The network weighs 95 pitches against each other, so many times apart: a range must hold one."""
PART = 1_875
"""Frames of a part of a long sound."""
BEFORE, AFTER = 11, 10
"""Frames around a part that the network needs to see."""
SILENCE = 1e-3
"""A frame in which no sample is larger is silent: of silence the network was told nothing, and it answers anything."""


class PitchEstimator(Pipeline[Audio, PitchTrack]):
    """Says how high one voice or instrument sounds."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "swift-f0")

    def preprocess(
        self,
        audio: Audio,
        *,
        lowest: Annotated[float, Parameter("The lowest frequency to look for, in Hz.", LOWEST, HIGHEST)] = LOWEST,
        highest: Annotated[float, Parameter("The highest frequency to look for, in Hz.", LOWEST, HIGHEST)] = HIGHEST,
    ) -> Tensors:
        if highest < lowest * NARROWEST:
            raise BadInput(
                f"parameter highest={highest:g}: it must be at least {NARROWEST:.3f} times lowest ({lowest:g} Hz)"
            )
        samples = audio.samples(RATE)
        # Two samples at 48 kHz are none at 16: a moment of silence.
        return {
            "audio": (samples if len(samples) else np.zeros(1, np.float32))[np.newaxis],
            "fmin": np.asarray(lowest, np.float32),
            "fmax": np.asarray(highest, np.float32),
        }

    def infer(self, tensors: Tensors) -> Tensors:
        """Part by part, so that a long sound takes no more memory than half a minute."""
        samples = tensors["audio"]
        count = frames_of(samples.shape[1])
        parts = []
        for start in range(0, count, PART):
            end = min(start + PART, count)
            left = max(0, start - BEFORE)
            seen = samples[:, left * HOP : (end + AFTER) * HOP if end < count else None]
            said = self.model({**tensors, "audio": np.ascontiguousarray(seen)})
            parts.append({name: said[name][0, start - left : end - left] for name in ("pitch", "confidence")})
        pitch, confidence = (np.concatenate([part[name] for part in parts]) for name in ("pitch", "confidence"))
        return {"pitch": pitch, "confidence": np.where(silent(samples[0]), 0, confidence)}

    def postprocess(
        self,
        tensors: Tensors,
        audio: Audio,
        *,
        threshold: Annotated[float, Parameter("How sure it must be that there is a pitch.", 0, 1)] = 0.5,
    ) -> PitchTrack:
        confidence = tensors["confidence"].astype(np.float64)
        there = (confidence >= threshold) & (confidence > 0)
        frequencies = np.where(there, tensors["pitch"].astype(np.float64), np.nan)
        return PitchTrack(np.arange(len(confidence)) * (HOP / RATE), frequencies, confidence)


def frames_of(samples: int) -> int:
    """How many frames the network makes of so many samples."""
    return max(1, samples // HOP)


def silent(samples: NDArray[np.float32]) -> NDArray[np.bool_]:
    """bool [frames], where no sample is larger than silence."""
    if len(samples) < HOP:
        return np.array([np.abs(samples).max() < SILENCE])
    whole = samples[: len(samples) // HOP * HOP].reshape(-1, HOP)
    quiet: NDArray[np.bool_] = np.abs(whole).max(axis=1) < SILENCE
    return quiet
