"""Metrics of image classification, as scikit-learn defines them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modelyard.catalog.evaluation import agreement
from modelyard.catalog.evaluation.metric import At, Metric, Row
from modelyard.tasks.image_classification import Classification

METRICS = {
    "accuracy": Metric("share of the pictures whose most likely class is the right one (accuracy_score)"),
    "macro_f1": Metric("mean over the classes of the harmonic mean of precision and recall (f1_score, macro)"),
    "top5_accuracy": Metric("share of the pictures whose right class is among the five most likely ones"),
}
_FIVE = 5


def observe(answer: Classification, truth: str) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model said.
        truth: The name of the right class.
    """
    said = answer.labels[0] if answer.labels else ""
    rank = answer.labels.index(truth) + 1 if truth in answer.labels else None
    probability = answer.probabilities[0] if answer.labels else None
    return {"truth": truth, "said": said, "rank": rank, "probability": probability}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return prepared(rows)(np.arange(len(rows)))


def prepared(rows: Sequence[Row]) -> At:
    """The value of each metric over the rows at some places."""
    agreed = agreement.prepared(rows, occurring=True)
    among = np.array([row["rank"] is not None and row["rank"] <= _FIVE for row in rows])
    return lambda places: agreed(places) | {"top5_accuracy": float(among[places].mean())}


certainty, fault = agreement.certainty, agreement.fault
