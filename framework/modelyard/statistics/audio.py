"""Sounds: how loud, how clean, how wide a band, how long. Samples are those of the first ten seconds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from modelyard.audio import Audio

STATISTICS: Mapping[str, str] = {
    "seconds": "length",
    "rate": "samples a second",
    "level": "root mean square, in decibels of full scale",
    "crest": "decibels of the largest sample over the level",
    "clipped": "share of the samples within a hundredth of the largest",
    "floor": "decibels of the quietest tenth of the moments over the level",
    "below_100_hz": "decibels of the energy below 100 Hz over all",
    "below_300_hz": "decibels of the energy below 300 Hz over all",
    "above_3400_hz": "decibels of the energy above 3.4 kHz over all",
    "above_6000_hz": "decibels of the energy above 6 kHz over all",
}

_HEARD = 10.0
"""Seconds."""
_MOMENT = 0.025
"""Seconds over which the level of a moment is taken."""
_WINDOW = 0.128
"""Seconds of a spectrum: its lines are 8 Hz apart."""
_WINDOWS = 12
_SILENCE = -120.0
_NEAR = 0.99


def measure(sent: Audio, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a sound; a silent one has only a length and a rate."""
    found = {"seconds": sent.seconds, "rate": float(sent.rate)}
    # Numbers as large as files of floats may hold become infinite here, and what is infinite is left out.
    with np.errstate(over="ignore", invalid="ignore"):
        return found | _heard(sent.beginning(_HEARD), sent.rate)


def _heard(samples: NDArray[np.float32], rate: int) -> dict[str, float]:
    largest = float(np.abs(samples).max(initial=0))
    power = float(samples @ samples) / max(1, samples.size)
    # Written so that a NaN is silence too.
    if not (0 < power < np.inf and largest > 0):
        return {}
    return {
        "level": _decibels(power),
        "crest": _decibels(largest**2 / power),
        "clipped": float((np.abs(samples) >= _NEAR * largest).mean()),
        "floor": _floor(samples, round(_MOMENT * rate), power),
        **_bands(samples, rate),
    }


def _floor(samples: NDArray[np.float32], length: int, power: float) -> float:
    count = samples.size // length
    if count < 2:
        return 0.0
    moments = samples[: count * length].reshape(count, length)
    return _decibels(float(np.quantile(np.einsum("ij,ij->i", moments, moments) / length, 0.1)) / power)


def _bands(samples: NDArray[np.float32], rate: int) -> dict[str, float]:
    """Shares of the energy in bands, over spectra of windows all over the sound."""
    length = min(samples.size, round(_WINDOW * rate))
    starts = np.linspace(0, samples.size - length, _WINDOWS if samples.size > length else 1).astype(int)
    windows = np.stack([samples[start : start + length] for start in starts])
    # Blackman's window keeps what is loud 58 dB out of the bands beside it.
    spectrum = np.square(np.abs(np.fft.rfft(windows * np.blackman(length).astype(np.float32), axis=1))).sum(axis=0)
    frequencies = np.fft.rfftfreq(length, 1 / rate)
    whole = float(spectrum.sum())
    if not 0 < whole < np.inf:
        return {}
    return {
        "below_100_hz": _decibels(float(spectrum[frequencies < 100].sum()) / whole),
        "below_300_hz": _decibels(float(spectrum[frequencies < 300].sum()) / whole),
        "above_3400_hz": _decibels(float(spectrum[frequencies > 3_400].sum()) / whole),
        "above_6000_hz": _decibels(float(spectrum[frequencies > 6_000].sum()) / whole),
    }


def _decibels(ratio: float) -> float:
    return max(_SILENCE, float(10 * np.log10(max(ratio, 1e-30))))
