"""Metrics of file classification, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.catalog.metrics import text_classification
from modelyard.tasks.image_classification import Classification

METRICS = {
    "accuracy": Metric("share of the files whose most likely kind is the right one (accuracy_score)"),
    "macro_f1": Metric("mean over the kinds of the harmonic mean of precision and recall (f1_score, macro)"),
}


def observe(answer: Classification, truth: str) -> Row:
    """What is known of one file.

    Args:
        answer: What the model said.
        truth: The name of the right kind.
    """
    said, probability = next(zip(answer.labels, answer.probabilities, strict=True), ("", 0.0))
    return {"truth": truth, "said": said, "probability": probability}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return text_classification.summarise(rows)
