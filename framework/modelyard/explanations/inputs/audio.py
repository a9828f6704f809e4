"""Sounds: RISE on the spectrogram, stretches of time and bands of frequency silenced at random.

What is silenced is taken from the short-time Fourier transform (window of Hann, half of it overlapping), and the rest
is put together again by overlap and addition.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelyard.audio import Audio
from modelyard.explanations import regions, spectrogram
from modelyard.explanations.explanation import Ask, Explanation, Wanted
from modelyard.explanations.masks import Masks
from modelyard.explanations.spectrogram import Spectrum, nice

_HIGHEST_RATE = 24_000
_MOST_BANDS, _MOST_COLUMNS = 6, 10
_SHORTEST_SECONDS = 0.25
_QUERIES = 4
"""For each cell at least."""

SCHEMA: Mapping[str, Any] = {
    "saliency": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}},
        "description": "How far each part of the sound counts, 0 to 1: a row for each band of frequencies, the highest "
        "first, each from the beginning to the end.",
        "example": [[0.1, 0.9], [0.0, 0.2]],
    },
    "times": {
        "type": "array",
        "items": {"type": "number"},
        "description": "Where each column begins, and where the last one ends, in seconds.",
        "example": [0.0, 0.5, 1.0],
    },
    "frequencies": {
        "type": "array",
        "items": {"type": "number"},
        "description": "Where each row ends, and where the last one begins, in Hz.",
        "example": [8000.0, 2000.0, 0.0],
    },
}


def explain(audio: Audio, ask: Ask[Audio], wanted: Wanted) -> Explanation:
    """Silences random parts of a sound, and sees how far the answer goes with each."""
    rate = min(audio.rate, _HIGHEST_RATE)
    spectrum = Spectrum(audio.samples(rate), rate)
    cells = wanted.queries // _QUERIES
    columns = max(2, min(_MOST_COLUMNS, round((cells * _MOST_COLUMNS / _MOST_BANDS) ** 0.5)))
    columns = min(columns, max(2, int(spectrum.seconds / _SHORTEST_SECONDS)))
    masks = Masks(max(2, min(_MOST_BANDS, cells // columns)), columns, wanted.seed)

    def silenced() -> Iterator[Audio]:
        for number in range(wanted.queries):
            mask = np.asarray(masks.mask(number, spectrum.size), np.float32) / np.float32(255)
            yield Audio.from_samples(spectrum.through(mask), rate)

    saliency = masks.saliency(ask(silenced()))
    body = {
        "saliency": saliency.round(3),
        "times": _edges(saliency.shape[1], spectrum.seconds),
        "frequencies": spectrum.frequencies(saliency.shape[0]).round(1),
    }
    said = regions.named(saliency, _named(spectrum), _spans(spectrum), "{column}, {row}")
    return Explanation("RISE on the spectrogram", said, body, spectrogram.drawn(spectrum, saliency))


def _named(spectrum: Spectrum) -> list[str]:
    edges = spectrum.frequencies(4)
    return [f"{nice(low):,} to {nice(high):,} Hz" for high, low in itertools.pairwise(edges.tolist())]


def _spans(spectrum: Spectrum) -> list[str]:
    edges = _edges(4, spectrum.seconds)
    return [f"{start:.1f} to {end:.1f} s" for start, end in itertools.pairwise(edges.tolist())]


def _edges(count: int, seconds: float) -> NDArray[np.float64]:
    return np.linspace(0, seconds, count + 1).round(3)
