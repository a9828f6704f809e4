"""Average precision of what is found in pictures, as MS COCO's evaluation defines it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import Row

LEVELS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""How alike what was found must be to what is there to count as it: COCO takes the mean over these."""
_RECALLS = np.linspace(0, 1, 101)


def observe(scores: Sequence[float], alike: Sequence[Sequence[float]]) -> dict[str, Any]:
    """What average precision needs to know of one picture.

    Args:
        scores: [found], how certain each is.
        alike: [there, found], how alike they are, 0 to 1: the intersection over union of boxes, the object keypoint
            similarity of people.

    Returns:
        `there`, how many are; `scores`; `right`, for each level, whether each that was found is something that is
        there and that nothing more certain was taken for.
    """
    certain = np.asarray(scores, np.float64)
    near = np.asarray(alike, np.float64).reshape(len(alike), len(certain))
    return {
        "there": len(near),
        "scores": certain.tolist(),
        "right": [_right(certain, near, level).tolist() for level in LEVELS],
    }


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The average precision over some pictures: `ap`, the mean over the levels, and `ap50`, at the first."""
    scores = np.concatenate([np.asarray(row["scores"], np.float64) for row in rows])
    there = sum(row["there"] for row in rows)
    levels = [
        average_precision(scores, np.concatenate([np.asarray(row["right"][at], bool) for row in rows]), there)
        for at in range(len(LEVELS))
    ]
    return {"ap": float(np.mean(levels)), "ap50": levels[0]}


def average_precision(scores: NDArray[np.float64], right: NDArray[np.bool_], there: int) -> float:
    """The area below the curve of precision by recall, read at 101 recalls (https://cocodataset.org/#detection-eval).

    Args:
        scores: [found], over all pictures together.
        right: [found], whether each is something that is there.
        there: How many there are.

    Returns:
        0 to 1. Where nothing is there, 1 if nothing was found, else 0.
    """
    if there == 0:
        return 0.0 if len(scores) else 1.0
    true = np.cumsum(right[np.argsort(-scores, kind="stable")])
    precision = true / np.arange(1, len(true) + 1)
    best_from_here = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    return float(best_from_here[np.searchsorted(true / there, _RECALLS, side="left")].mean())


def _right(scores: NDArray[np.float64], alike: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    right = np.zeros(len(scores), bool)
    free = np.ones(len(alike), bool)
    for one in np.argsort(-scores, kind="stable"):
        near = np.where(free, alike[:, one], -1.0)
        if len(near) and near.max() >= level:
            free[near.argmax()] = False
            right[one] = True
    return right
