"""Metrics of audio classification, as they are used where several classes may be right.

They are scikit-learn's, computed in a twentieth of the time, because figures are computed hundreds of times for their
intervals; a test holds them to scikit-learn's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.classes import Classification

METRICS = {
    "top1": Metric("share of the sounds for which the most likely of the classes that were looked at is right"),
    "macro_roc_auc": Metric(
        "how often a sound of a class gets a higher probability of it than one of another, the mean over the classes "
        "(roc_auc_score)"
    ),
    "macro_average_precision": Metric(
        "area under the curve of precision over recall, the mean over the classes (average_precision_score)"
    ),
}


def observe(answer: Classification, truth: Mapping[str, bool]) -> Row:
    """What is known of one sound.

    Args:
        answer: What the model said, of all classes.
        truth: Whether the sound is of a class, by its name, one at least true; classes that aren't named weren't looked
            at.
    """
    said = dict(zip(answer.labels, answer.probabilities, strict=True))
    return {"truth": dict(truth), "said": {label: said.get(label, 0.0) for label in truth}}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric; a class counts where some sounds are of it, and some are not."""
    right = [row["truth"][max(row["said"], key=row["said"].__getitem__)] for row in rows]
    areas, precisions = [], []
    for label in sorted({label for row in rows for label in row["truth"]}):
        known = [(row["truth"][label], row["said"][label]) for row in rows if label in row["truth"]]
        truth, said = (np.array(column) for column in zip(*known, strict=True))
        if 0 < truth.sum() < len(truth):
            areas.append(roc_auc(truth, said))
            precisions.append(average_precision(truth, said))
    return {
        "top1": float(np.mean(right)),
        "macro_roc_auc": float(np.mean(areas)) if areas else float("nan"),
        "macro_average_precision": float(np.mean(precisions)) if precisions else float("nan"),
    }


def roc_auc(truth: NDArray[np.bool_], said: NDArray[np.float64]) -> float:
    """How often what is true has a higher probability than what isn't; where they are equal, half as often."""
    others = said[~truth]
    return float(np.mean([np.mean((one > others) + 0.5 * (one == others)) for one in said[truth]]))


def average_precision(truth: NDArray[np.bool_], said: NDArray[np.float64]) -> float:
    """The mean of the precision at each step of recall, from the highest probability to the lowest."""
    order = np.argsort(-said, kind="stable")
    found = np.cumsum(truth[order])
    # What has one probability is taken together.
    last = np.append(np.diff(said[order]) != 0, True)
    found, precision = found[last], found[last] / (np.flatnonzero(last) + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / truth.sum())
