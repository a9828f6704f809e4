"""Whether answers are right as often as they say: calibration, as Guo et al. (2017) measure it.

Answers are put into 15 bins of equal width by the probability that they name, as that paper does, so that figures can
be held to other people's. Few answers make the error look larger than it is: each bin's share of right ones is a guess
then, and more so in a draw of the bootstrap, so that an interval may lie above its figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import At, Metric, Row
from modelyard.catalog.records.quality import Bin, Calibration, Figure

Certainty = Callable[[Row], tuple[float, bool] | None]
"""How probable an answer was said to be, and whether it is right; None where it named no probability."""

BINS = 15
METRICS = {
    "calibration_error": Metric(
        "expected calibration error: how far probability and share of right answers are apart, over 15 bins of equal "
        "width, weighted by their answers (Guo et al. 2017)",
        "lower",
    ),
    "brier": Metric(
        "mean squared distance of the probability from 1 where the answer is right and from 0 where it is wrong",
        "lower",
    ),
}


def prepared(rows: Sequence[Row], certainty: Certainty) -> At:
    """The value of each metric over the rows at some places; none where no row has a probability.

    Args:
        rows: What is known of each item.
        certainty: The probability of a row's answer, and whether it is right.
    """
    pairs = [certainty(row) or (np.nan, np.nan) for row in rows]
    columns = np.array(pairs, np.float64).reshape(-1, 2)

    def at(places: NDArray[np.int64]) -> dict[str, float]:
        said, right = columns[places].T
        known = ~np.isnan(said)
        said, right = said[known], right[known]
        if not len(said):
            return {}
        counts, confidence, accuracy = _bins(said, right)
        apart = np.abs(confidence - accuracy)  # of sums, so that each bin has its answers' weight
        return {"calibration_error": float(apart.sum() / counts.sum()), "brier": float(np.mean((said - right) ** 2))}

    return at


def summarise(rows: Sequence[Row], certainty: Certainty) -> dict[str, float]:
    """The value of each metric; none where no row has a probability.

    Args:
        rows: What is known of each item.
        certainty: The probability of a row's answer, and whether it is right.
    """
    return prepared(rows, certainty)(np.arange(len(rows)))


def diagram(rows: Sequence[Row], certainty: Certainty, figures: Mapping[str, Figure]) -> Calibration | None:
    """The reliability diagram, with the figures; None where no row has a probability.

    Args:
        rows: What is known of each item.
        certainty: The probability of a row's answer, and whether it is right.
        figures: The metrics over the same rows.
    """
    said, right = _columns(rows, certainty)
    if not len(said):
        return None
    counts, confidence, accuracy = _bins(said, right)
    bins = [
        Bin(
            low=at / BINS,
            high=(at + 1) / BINS,
            n=int(counts[at]),
            confidence=float(confidence[at] / counts[at]),
            accuracy=float(accuracy[at] / counts[at]),
        )
        for at in np.flatnonzero(counts)
    ]
    return Calibration(error=figures["calibration_error"], brier=figures["brier"], bins=bins)


def _columns(rows: Sequence[Row], certainty: Certainty) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = [pair for row in rows if (pair := certainty(row)) is not None]
    columns = np.array(pairs, np.float64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]


def _bins(
    said: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """The answers of each bin: how many, the sum of their probabilities, and how many of them are right."""
    # A bin holds what is above its lower end, up to its upper one.
    which = np.clip(np.ceil(said * BINS).astype(int) - 1, 0, BINS - 1)
    counts: NDArray[np.int64] = np.bincount(which, minlength=BINS)
    confidence: NDArray[np.float64] = np.bincount(which, said, minlength=BINS).astype(np.float64)
    accuracy: NDArray[np.float64] = np.bincount(which, right, minlength=BINS).astype(np.float64)
    return counts, confidence, accuracy
