"""A sound as times and frequencies: taking parts of it away, putting the rest together again, drawing it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from modelyard.explanations import heat
from modelyard.tasks import canvas

_WINDOW_SECONDS = 0.032
_ROWS = 48
"""Of a mask: enough for the bands to be smooth."""
_BLOCK = 256
"""Frames that are transformed at a time: a long sound's frames all at once would take too much memory."""
_HEIGHT = 200
_RANGE_DB = 70
_LEFT, _BELOW = 44, 20


class Spectrum:
    """The short-time Fourier transform of a sound.

    Args:
        samples: float32 [n], from -1 to 1.
        rate: Samples a second.
    """

    def __init__(self, samples: NDArray[np.float32], rate: int) -> None:
        self._samples, self._rate = samples, rate
        self._hop = max(1, round(rate * _WINDOW_SECONDS / 2))
        # The square root at both ends: of the two, half overlapping, the squares add up to one.
        places = np.arange(2 * self._hop) + 0.5
        self._window = np.sin(np.pi * places / (2 * self._hop)).astype(np.float32)
        self._frames = -(-len(samples) // self._hop) + 1

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self._samples) / self._rate

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a mask: a column for each frame."""
        return self._frames, _ROWS

    def frequencies(self, rows: int) -> NDArray[np.float64]:
        """The edges of so many bands, in Hz, the highest first.

        They are as far apart as the ear has them: equal steps of mel (O'Shaughnessy 1987).
        """
        highest = 2595 * np.log10(1 + self._rate / 2 / 700)
        edges: NDArray[np.float64] = 700 * (10 ** (np.linspace(highest, 0, rows + 1) / 2595) - 1)
        return edges

    def through(self, mask: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sound with parts of it silenced.

        Args:
            mask: [rows, frames] of `size`, 0 where it is silent, 1 where it stays as it is; the first row is that of
                the highest frequencies.
        """
        gains = mask[self._row_of_bin]
        padded = np.zeros((self._frames + 1) * self._hop, np.float32)
        for first in range(0, self._frames, _BLOCK):
            bins = self._transformed(first)
            bins *= gains[:, first : first + len(bins)].T
            frames = np.fft.irfft(bins, 2 * self._hop, axis=1).astype(np.float32) * self._window
            for half in (0, 1):
                part = frames[:, half * self._hop : (half + 1) * self._hop].reshape(-1)
                start = (first + half) * self._hop
                padded[start : start + len(part)] += part
        return padded[self._hop : self._hop + len(self._samples)]

    @cached_property
    def loudness(self) -> NDArray[np.float64]:
        """[rows, frames], how loud each band is: 1 for the loudest, 0 for what is 70 dB below it."""
        power = np.zeros((_ROWS, self._frames))
        for first in range(0, self._frames, _BLOCK):
            bins = np.abs(self._transformed(first)) ** 2
            for row in range(_ROWS):
                mine = bins[:, self._row_of_bin == row]
                if mine.shape[1]:
                    power[row, first : first + len(bins)] = mine.mean(axis=1)
        # A band that is narrower than the transform tells has what the next higher one has.
        filled = np.isin(np.arange(_ROWS), self._row_of_bin)
        for empty in np.flatnonzero(~filled).tolist():
            power[empty] = power[max((one for one in np.flatnonzero(filled).tolist() if one < empty), default=empty)]
        decibels = 10 * np.log10(np.maximum(power, 1e-12) / max(float(power.max()), 1e-12))
        loudness: NDArray[np.float64] = np.clip(1 + decibels / _RANGE_DB, 0, 1)
        return loudness

    @cached_property
    def _row_of_bin(self) -> NDArray[np.intp]:
        """[bins], the row of the mask that each frequency belongs to."""
        bins = np.fft.rfftfreq(2 * self._hop, 1 / self._rate)
        rows = np.searchsorted(-self.frequencies(_ROWS), -bins, side="right") - 1
        return np.clip(rows, 0, _ROWS - 1)

    def _transformed(self, first: int) -> NDArray[np.complex128]:
        """Some of the frames, from that number on."""
        count = min(_BLOCK, self._frames - first)
        # Half a window of silence stands before the sound, so that its first samples are in two frames, too.
        start = (first - 1) * self._hop
        part = self._samples[max(0, start) : start + (count + 1) * self._hop]
        whole = np.zeros((count + 1) * self._hop, np.float32)
        before = max(0, -start)
        whole[before : before + len(part)] = part
        halves = whole.reshape(count + 1, self._hop)
        frames = np.concatenate([halves[:-1], halves[1:]], axis=1) * self._window
        return np.fft.rfft(frames, axis=1)


def drawn(spectrum: Spectrum, saliency: NDArray[np.float64]) -> PIL.Image.Image:
    """The spectrogram, with what counts in it in warm colours, and its axes.

    Args:
        spectrum: Of the sound.
        saliency: [rows, columns], 0 to 1: the highest frequencies first.
    """
    grey = PIL.Image.fromarray((255 * (1 - spectrum.loudness)).astype(np.uint8))
    size = (canvas.WIDTH - _LEFT, _HEIGHT)
    picture = heat.over(grey.resize(size, PIL.Image.Resampling.BILINEAR).convert("RGB"), saliency)
    whole = PIL.Image.new("RGB", (canvas.WIDTH, _HEIGHT + _BELOW), "white")
    whole.paste(picture, (_LEFT, 0))
    pen, letters = PIL.ImageDraw.Draw(whole), canvas.font(11)
    edges = spectrum.frequencies(4)
    for number, hertz in enumerate(edges):
        anchor = "ra" if number == 0 else "rs" if number == len(edges) - 1 else "rm"
        pen.text((_LEFT - 4, number * _HEIGHT / 4), f"{nice(hertz)} Hz", fill=canvas.GREY, font=letters, anchor=anchor)
    for number in range(5):
        anchor = "la" if number == 0 else "ra" if number == 4 else "ma"
        said = f"{spectrum.seconds * number / 4:.1f} s"
        pen.text((_LEFT + size[0] * number / 4, _HEIGHT + 4), said, fill=canvas.GREY, font=letters, anchor=anchor)
    return whole


def nice(hertz: float) -> int:
    """A frequency as people say it: whole hundreds of Hz where it has hundreds."""
    return int(round(hertz, -2)) if hertz >= 100 else int(hertz)
