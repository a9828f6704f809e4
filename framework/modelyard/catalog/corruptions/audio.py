"""Sounds: noise, clipping, a narrow band as of a telephone, another gain."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
import soundfile
from numpy.typing import NDArray

from modelyard.catalog.corruptions import Corruption

Samples = NDArray[np.float64]
Change = Callable[[Samples, int, int, np.random.Generator], Samples]

_SNR = {1: 20.0, 2: 10.0}
"""Decibels of the sound over the noise."""
_CLIPPED = {1: 0.5, 2: 0.2}
"""Of the loudest sample."""
_BAND = {1: (100.0, 6_000.0), 2: (300.0, 3_400.0)}
"""Hertz that are let through."""
_GAIN = {1: 0.5, 2: 0.1}


def _kept(change: Change) -> Corruption:
    """A change of samples, kept as 32-bit floats."""

    def corrupt(data: bytes, severity: int, chance: np.random.Generator) -> bytes:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float64", always_2d=True)
        file = io.BytesIO()
        soundfile.write(file, change(samples, rate, severity, chance), rate, format="WAV", subtype="FLOAT")
        return file.getvalue()

    return corrupt


def _noise(samples: Samples, rate: int, severity: int, chance: np.random.Generator) -> Samples:
    level = np.sqrt(np.mean(samples**2)) * 10 ** (-_SNR[severity] / 20)
    noisy: Samples = samples + chance.normal(0, level, samples.shape)
    return noisy


def _clipping(samples: Samples, rate: int, severity: int, chance: np.random.Generator) -> Samples:
    most = _CLIPPED[severity] * float(np.abs(samples).max(initial=0))
    return np.clip(samples, -most, most)


def _band(samples: Samples, rate: int, severity: int, chance: np.random.Generator) -> Samples:
    low, high = _BAND[severity]
    spectrum = np.fft.rfft(samples, axis=0)
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    spectrum[(frequencies < low) | (frequencies > high)] = 0
    heard: Samples = np.fft.irfft(spectrum, len(samples), axis=0)
    return heard


def _gain(samples: Samples, rate: int, severity: int, chance: np.random.Generator) -> Samples:
    return samples * _GAIN[severity]


CORRUPTIONS: Mapping[str, Corruption] = {
    "noise": _kept(_noise),
    "clipping": _kept(_clipping),
    "band": _kept(_band),
    "gain": _kept(_gain),
}
