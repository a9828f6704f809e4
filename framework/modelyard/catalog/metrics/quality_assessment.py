"""Metrics of quality assessment, by SciPy."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import kendalltau, spearmanr

from modelyard.catalog.evaluation.metric import Metric
from modelyard.tasks.quality_assessment import Quality

METRICS = {
    "spearman": Metric("rank correlation of the score that sums up and the true quality (scipy.stats.spearmanr)"),
    "kendall": Metric("how many more pairs are in the right order than in the wrong one (scipy.stats.kendalltau, b)"),
}


def measure(answers: Sequence[Quality], truths: Sequence[float]) -> dict[str, float]:
    """The value of each metric.

    Args:
        answers: What the model said.
        truths: The quality of each recording, in any unit of which more is better, such as decibels over the noise.
    """
    said = [answer.overall for answer in answers]
    return {
        "spearman": float(spearmanr(truths, said).statistic),
        "kendall": float(kendalltau(truths, said).statistic),
    }
