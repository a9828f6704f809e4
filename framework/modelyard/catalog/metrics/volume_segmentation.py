"""Metrics of volume segmentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.volume_segmentation import VolumeMask

METRICS = {
    "dice": Metric("Dice coefficient of the voxels found and the true ones, the mean over the volumes (f1_score)"),
    "volume_error": Metric("difference of the volume found and the true one, as a share of it, the mean", "lower"),
}


def observe(answer: VolumeMask, truth: NDArray[np.bool_]) -> Row:
    """What is known of one volume.

    Args:
        answer: What the model said.
        truth: bool [x, y, z], the true voxels.
    """
    there = float(truth.sum())
    return {
        "dice": float(f1_score(truth.ravel(), answer.mask.ravel(), zero_division=1.0)),
        "volume_error": abs(float(answer.mask.sum()) - there) / max(1.0, there),
    }


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}
