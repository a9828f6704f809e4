"""Metrics of volume segmentation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from modelyard.catalog.evaluation.metric import Metric
from modelyard.tasks.volume_segmentation import VolumeMask

METRICS = {
    "dice": Metric("Dice coefficient of the voxels found and the true ones, the mean over the volumes (f1_score)"),
    "volume_error": Metric("difference of the volume found and the true one, as a share of it, the mean", "lower"),
}


def measure(answers: Sequence[VolumeMask], truths: Sequence[NDArray[np.bool_]]) -> dict[str, float]:
    """The value of each metric.

    Args:
        answers: What the model said.
        truths: bool [x, y, z], the true voxels of each volume.
    """
    pairs = [(answer.mask, truth) for answer, truth in zip(answers, truths, strict=True)]
    dice = [f1_score(truth.ravel(), mask.ravel(), zero_division=1.0) for mask, truth in pairs]
    errors = [abs(float(mask.sum()) - float(truth.sum())) / max(1.0, float(truth.sum())) for mask, truth in pairs]
    return {"dice": float(np.mean(dice)), "volume_error": float(np.mean(errors))}
