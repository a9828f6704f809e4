"""How often the named class is the right one: accuracy, and the mean F-measure over the classes.

They are scikit-learn's accuracy_score and f1_score, computed in a twentieth of the time, because figures are computed
hundreds of times for their intervals; a test holds them to scikit-learn's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import At, Row


def summarise(rows: Sequence[Row], *, occurring: bool = False) -> dict[str, float]:
    """`accuracy` and `macro_f1` of rows with the right class as `truth` and the named one as `said`.

    Args:
        rows: What is known of each item.
        occurring: Whether the mean is over the classes that are right somewhere; else over those named somewhere too.
    """
    return prepared(rows, occurring=occurring)(np.arange(len(rows)))


def prepared(rows: Sequence[Row], *, occurring: bool = False) -> At:
    """The same of rows at some places, for whoever asks often.

    Args:
        rows: What is known of each item.
        occurring: Whether the mean is over the classes that are right somewhere; else over those named somewhere too.
    """
    ids: dict[str, int] = {}
    truths = np.array([ids.setdefault(row["truth"], len(ids)) for row in rows])
    said = np.array([ids.setdefault(row["said"], len(ids)) for row in rows])

    def at(places: NDArray[np.int64]) -> dict[str, float]:
        true, named = truths[places], said[places]
        right = true == named
        there, both = (np.bincount(some, minlength=len(ids)) for some in (true, true[right]))
        either = there + np.bincount(named, minlength=len(ids))
        counted = there > 0 if occurring else either > 0
        f1 = 2 * both[counted] / either[counted]
        return {"accuracy": float(right.mean()), "macro_f1": float(f1.mean())}

    return at


def certainty(row: Row) -> tuple[float, bool] | None:
    """How probable the answer was said to be, and whether it is right; None where it named no probability."""
    if row.get("probability") is None:
        return None
    return float(row["probability"]), row["said"] == row["truth"]


def fault(row: Row) -> float:
    """What is wrong and sure is worst; what is right is the less wrong the surer it is."""
    probability = float(row.get("probability") or 0.0)
    return -probability if row["said"] == row["truth"] else probability
