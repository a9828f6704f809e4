"""Metrics of object detection: COCO's average precision, precision and recall, and whether anything is there at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from modelyard.catalog.evaluation import precision
from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.object_detection import Box, Detections

METRICS = {
    "ap50": Metric("average precision of the boxes at an intersection over union of 0.5"),
    "ap": Metric("average precision of the boxes, the mean over ten intersections over union of 0.5 to 0.95"),
    "precision": Metric("share of what was found, as likely as not, that is there: at an overlap of 0.5"),
    "recall": Metric("share of what is there that was found, as likely as not: at an overlap of 0.5"),
    "presence": Metric(
        "how well the likeliest box tells pictures with something from those with nothing (roc_auc_score)"
    ),
}
_LIKELY = 0.5


def observe(answer: Detections, truth: Sequence[Box]) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model said, all of one class, the unlikely things too.
        truth: Where the things are.
    """
    alike = [[box.iou(one.box) for one in answer.found] for box in truth]
    return precision.observe([one.probability for one in answer.found], alike)


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric; where it has nothing to go by, nothing was wrong, and it is 1."""
    likely = np.concatenate([np.asarray(row["scores"], np.float64) for row in rows]) >= _LIKELY
    right = np.concatenate([np.asarray(row["right"][0], bool) for row in rows]) & likely
    there = sum(row["there"] for row in rows)
    return {
        **precision.summarise(rows),
        "precision": float(right.sum() / likely.sum()) if likely.any() else 1.0,
        "recall": float(right.sum() / there) if there else 1.0,
        "presence": _presence(rows),
    }


def _presence(rows: Sequence[Row]) -> float:
    truths = [row["there"] > 0 for row in rows]
    if len(set(truths)) < 2:
        return 1.0
    return float(roc_auc_score(truths, [max(row["scores"], default=0.0) for row in rows]))
