"""Metrics of quality assessment, by SciPy."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import kendalltau, spearmanr

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.quality_assessment import Quality

METRICS = {
    "spearman": Metric("rank correlation of the score that sums up and the true quality (scipy.stats.spearmanr)"),
    "kendall": Metric("how many more pairs are in the right order than in the wrong one (scipy.stats.kendalltau, b)"),
}


def observe(answer: Quality, truth: float) -> Row:
    """What is known of one recording.

    Args:
        answer: What the model said.
        truth: The quality, in any unit of which more is better, such as decibels of the speech over the noise.
    """
    return {"truth": float(truth), "said": answer.overall}


def fault(_row: Row) -> float:
    """Nothing can be said of one item: a score is only higher or lower than another."""
    return float("nan")


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric; none where all are of one quality, or all scores are the same."""
    truths, said = [row["truth"] for row in rows], [row["said"] for row in rows]
    if len(set(truths)) < 2 or len(set(said)) < 2:
        return {"spearman": float("nan"), "kendall": float("nan")}
    return {
        "spearman": float(spearmanr(truths, said).statistic),
        "kendall": float(kendalltau(truths, said).statistic),
    }
