"""Smooth random masks of a plane, and what the answers to them say about each place of it: RISE.

Petsiuk, Das, Saenko: RISE, Randomized Input Sampling for Explanation of Black-box Models, 2018
(https://arxiv.org/abs/1806.07421). Masks come in pairs, the second of which shows what the first one hides, and a place
counts as far as the score goes with its being shown (their covariance): both take chance out of what few masks tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import PIL.Image
from numpy.typing import NDArray

_FINE = 4
"""Places of the answer along each side of a cell."""


class Masks:
    """Masks made of random cells, moved by a part of a cell, and smoothed.

    Args:
        rows: Cells from top to bottom.
        columns: Cells from left to right.
        seed: What chance begins with.
    """

    def __init__(self, rows: int, columns: int, seed: int) -> None:
        self._rows, self._columns, self._seed = rows, columns, seed

    def mask(self, number: int, size: tuple[int, int]) -> PIL.Image.Image:
        """A mask.

        Args:
            number: Which one; those of the numbers 2n and 2n + 1 are each other's opposite.
            size: Its width and height.

        Returns:
            A picture of the mode L: 255 where everything is shown, 0 where nothing is.
        """
        chance = np.random.default_rng((self._seed, number // 2))
        shown = chance.random((self._rows + 1, self._columns + 1)) < 0.5
        left, top = chance.random(2).tolist()
        cells = PIL.Image.fromarray(np.where(shown ^ bool(number % 2), 255, 0).astype(np.uint8))
        box = (left, top, left + self._columns, top + self._rows)
        return cells.resize(size, PIL.Image.Resampling.BILINEAR, box=box)

    def saliency(self, scores: Sequence[float]) -> NDArray[np.float64]:
        """How far each place counts.

        Args:
            scores: What was answered to the masks of the numbers 0, 1, …

        Returns:
            [rows, columns], some for each cell: 1 where it counts most, 0 where it doesn't, or counts against it.
        """
        size = (self._columns * _FINE, self._rows * _FINE)
        total = np.zeros((size[1], size[0]))
        if len(scores) > 1:
            mean = float(np.mean(scores))
            for number, score in enumerate(scores):
                total += (score - mean) * (np.asarray(self.mask(number, size), np.float64) - 127.5)
        total = np.maximum(total, 0)
        most = total.max()
        # What rounding leaves of equal scores is no difference.
        saliency: NDArray[np.float64] = total / most if most > 1e-6 * max(1, len(scores)) else np.zeros_like(total)
        return saliency
