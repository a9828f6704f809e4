"""Metrics of image segmentation, as PASCAL VOC has them (Everingham et al. 2010), over the pixels of all pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.errors import ModelyardError
from modelyard.tasks.image_segmentation import Segmentation

UNLABELLED = 255
"""The class of pixels in the truth that count nowhere, such as the rims of objects."""

METRICS = {
    "mean_iou": Metric("intersection over union of the pixels of a class, the mean over the classes that occur"),
    "pixel_accuracy": Metric("share of the pixels whose class is the right one"),
}


def observe(answer: Segmentation, truth: NDArray[np.uint8]) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model said.
        truth: uint8 [height, width], the right class of each pixel of the answer; 255 where nobody knows.
    """
    if truth.shape != answer.classes.shape:
        raise ModelyardError(f"the truth has {truth.shape} pixels, and the answer {answer.classes.shape}")
    known = truth != UNLABELLED
    right, said = truth[known], answer.classes[known]
    classes = np.union1d(right, said)
    counts = confusion_matrix(right, said, labels=classes)
    both = np.diagonal(counts)
    either = counts.sum(0) + counts.sum(1) - both
    return {
        "both": {str(one): int(count) for one, count in zip(classes, both, strict=True)},
        "either": {str(one): int(count) for one, count in zip(classes, either, strict=True)},
        "pixels": int(known.sum()),
    }


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    both: Counter[str] = Counter()
    either: Counter[str] = Counter()
    for row in rows:
        both.update(row["both"])
        either.update(row["either"])
    pixels = sum(row["pixels"] for row in rows)
    return {
        "mean_iou": float(np.mean([both[one] / count for one, count in either.items() if count])),
        "pixel_accuracy": sum(both.values()) / max(1, pixels),
    }
