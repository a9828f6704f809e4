"""What counts, in words: the regions of a plane that hold the most of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SHOWN = 3
_LEAST = 0.05


def named(saliency: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str], form: str) -> list[str]:
    """The regions that count most, each with its share of all that counts.

    Args:
        saliency: [any, any], from 0 on.
        rows: Names of as many equal parts, from the top down.
        columns: Names of as many equal parts, from the left to the right.
        form: How the name of a region is made of a `row` and a `column`.
    """
    total = float(saliency.sum())
    if total <= 0:
        return []
    weights = _parts(len(rows), saliency.shape[0]) @ saliency @ _parts(len(columns), saliency.shape[1]).T / total
    best = np.argsort(-weights, axis=None, kind="stable")[:_SHOWN]
    found = [(divmod(int(one), len(columns)), float(weights.ravel()[one])) for one in best]
    return [
        f"{form.format(row=rows[row], column=columns[column])}: {share:.0%}"
        for (row, column), share in found
        if share >= _LEAST
    ]


def _parts(count: int, size: int) -> NDArray[np.float64]:
    """[count, size], how much of each of so many places lies in each of so many equal parts."""
    edges = np.linspace(0, size, count + 1)
    places = np.arange(size)
    overlaps: NDArray[np.float64] = np.clip(
        np.minimum(edges[1:, np.newaxis], places + 1) - np.maximum(edges[:-1, np.newaxis], places), 0, 1
    )
    return overlaps
