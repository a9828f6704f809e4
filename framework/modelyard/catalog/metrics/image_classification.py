"""Metrics of image classification, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.metrics import accuracy_score, f1_score

from modelyard.catalog.evaluation.metric import Metric, Row
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
    return {"truth": truth, "said": said, "rank": rank}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    truths, said = [row["truth"] for row in rows], [row["said"] for row in rows]
    among = [row["rank"] is not None and row["rank"] <= _FIVE for row in rows]
    return {
        "accuracy": float(accuracy_score(truths, said)),
        "macro_f1": float(f1_score(truths, said, labels=sorted(set(truths)), average="macro", zero_division=0)),
        "top5_accuracy": sum(among) / len(among),
    }
