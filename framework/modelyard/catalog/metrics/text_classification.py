"""Metrics of text classification, as scikit-learn defines them."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog.evaluation import agreement
from modelyard.catalog.evaluation.metric import At, Metric, Row
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
    return agreement.summarise(rows)


def prepared(rows: Sequence[Row]) -> At:
    """The value of each metric over the rows at some places."""
    return agreement.prepared(rows)


certainty, fault = agreement.certainty, agreement.fault
