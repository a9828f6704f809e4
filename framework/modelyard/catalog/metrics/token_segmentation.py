"""Metrics of token segmentation, as the SIGHAN bakeoffs count (Sproat and Emerson, 2003)."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.token_segmentation import TokenSegmentation

METRICS = {
    "token_f1": Metric("harmonic mean of precision and recall of tokens whose start and end are both right"),
    "boundary_f1": Metric("harmonic mean of precision and recall of the places between two tokens"),
}


def observe(answer: TokenSegmentation, truth: TokenSegmentation) -> Row:
    """What is known of one text.

    Args:
        answer: What the model said.
        truth: The right tokens.
    """
    ends = (0, max((one.end for one in truth.tokens), default=0))
    row: dict[str, int] = {}
    for name, true, found in (
        ("token", truth.places, answer.places),
        ("boundary", truth.boundaries.difference(ends), answer.boundaries.difference(ends)),
    ):
        row |= {f"{name}s_right": len(true & found), f"{name}s_true": len(true), f"{name}s_found": len(found)}
    return row


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric, over the tokens of all texts together; 1 where there is nothing to find or found."""
    values: dict[str, float] = {}
    for name in ("token", "boundary"):
        right, true, found = (sum(row[f"{name}s_{part}"] for row in rows) for part in ("right", "true", "found"))
        values[f"{name}_f1"] = 2 * right / (true + found) if true + found else 1.0
    return values
