"""Average precision of what is found in pictures, as MS COCO's evaluation defines it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import At, Row

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
    return prepared(rows)(np.arange(len(rows)))


def prepared(rows: Sequence[Row]) -> At:
    """The same of rows at some places, for whoever asks often: what was found is put in order once.

    What is found in a picture that stands there several times counts as often, as if each time were another picture.
    """
    scores = np.concatenate([np.asarray(row["scores"], np.float64) for row in rows])
    order = np.argsort(-scores, kind="stable")
    pictures = np.repeat(np.arange(len(rows)), [len(row["scores"]) for row in rows])[order]
    right = np.array(
        [np.concatenate([np.asarray(row["right"][at], bool) for row in rows])[order] for at in range(len(LEVELS))]
    )
    there = np.array([row["there"] for row in rows])

    def at(places: NDArray[np.int64]) -> dict[str, float]:
        times = np.bincount(places, minlength=len(rows))
        levels = average_precision(right, times[pictures], int(there @ times))
        return {"ap": float(levels.mean()), "ap50": float(levels[0])}

    return at


def average_precision(right: NDArray[np.bool_], times: NDArray[np.int64], there: int) -> NDArray[np.float64]:
    """The area below the curve of precision by recall, read at 101 recalls (https://cocodataset.org/#detection-eval).

    Args:
        right: [levels, found], whether each is something that is there, the most certain first.
        times: [found], how often each was found.
        there: How many there are.

    Returns:
        [levels], 0 to 1. Where nothing is there, 1 if nothing was found, else 0.
    """
    if there == 0:
        return np.full(len(right), 0.0 if times.any() else 1.0)
    true = np.cumsum(right * times, axis=1)
    precision = true / np.maximum(np.cumsum(times), 1)
    best_from_here = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    ended = np.append(best_from_here, np.zeros((len(right), 1)), axis=1)
    return np.array(
        [
            best[np.searchsorted(recall, _RECALLS, side="left")].mean()
            for best, recall in zip(ended, true / there, strict=True)
        ]
    )


def _right(scores: NDArray[np.float64], alike: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    right = np.zeros(len(scores), bool)
    free = np.ones(len(alike), bool)
    for one in np.argsort(-scores, kind="stable"):
        near = np.where(free, alike[:, one], -1.0)
        if len(near) and near.max() >= level:
            free[near.argmax()] = False
            right[one] = True
    return right
