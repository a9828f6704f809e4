"""Metrics of text classification, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.metrics import accuracy_score, f1_score

from modelyard.catalog.evaluation.metric import Metric
from modelyard.tasks.text_classification import TextClassification

METRICS = {
    "accuracy": Metric("share of the texts whose most likely class is the right one (accuracy_score)"),
    "macro_f1": Metric("mean over the classes of the harmonic mean of precision and recall (f1_score, macro)"),
}


def measure(answers: Sequence[TextClassification], truths: Sequence[str]) -> dict[str, float]:
    """The value of each metric.

    Args:
        answers: What the model said.
        truths: The name of the right class, of each text.
    """
    said = [next(iter(answer.probabilities), "") for answer in answers]
    return {
        "accuracy": float(accuracy_score(truths, said)),
        "macro_f1": float(f1_score(truths, said, average="macro", zero_division=0)),
    }
