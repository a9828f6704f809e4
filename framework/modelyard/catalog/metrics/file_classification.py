"""Metrics of file classification, as scikit-learn defines them."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog.evaluation import agreement
from modelyard.catalog.evaluation.metric import At, Metric, Row
from modelyard.catalog.metrics import image_classification
from modelyard.tasks.classes import Classification

METRICS = {
    "accuracy": Metric("share of the files whose most likely kind is the right one (accuracy_score)"),
    "macro_f1": Metric("mean over the kinds of the harmonic mean of precision and recall (f1_score, macro)"),
    "top5_accuracy": Metric("share of the files whose right kind is among the five most likely ones"),
}


def observe(answer: Classification, truth: str) -> Row:
    """What is known of one file.

    Args:
        answer: What the model said.
        truth: The name of the right kind.
    """
    return image_classification.observe(answer, truth)


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return image_classification.summarise(rows)


def prepared(rows: Sequence[Row]) -> At:
    """The value of each metric over the rows at some places."""
    return image_classification.prepared(rows)


certainty, fault = agreement.certainty, agreement.fault
