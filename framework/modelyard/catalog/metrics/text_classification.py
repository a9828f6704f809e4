"""Metrics of text classification, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.metrics import accuracy_score, f1_score

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.text_classification import TextClassification

METRICS = {
    "accuracy": Metric("share of the texts whose most likely class is the right one (accuracy_score)"),
    "macro_f1": Metric("mean over the classes of the harmonic mean of precision and recall (f1_score, macro)"),
}


def observe(answer: TextClassification, truth: str) -> Row:
    """What is known of one text.

    Args:
        answer: What the model said.
        truth: The name of the right class.
    """
    said, probability = next(iter(answer.probabilities.items()), ("", 0.0))
    return {"truth": truth, "said": said, "probability": probability}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    truths, said = [row["truth"] for row in rows], [row["said"] for row in rows]
    return {
        "accuracy": float(accuracy_score(truths, said)),
        "macro_f1": float(f1_score(truths, said, average="macro", zero_division=0)),
    }
