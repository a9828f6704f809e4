"""Metrics of time series forecasting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.time_series_forecasting import Forecast

METRICS = {
    "mase": Metric(
        "mean absolute scaled error (Hyndman and Koehler, 2006): the mean absolute error as a share of that of the "
        "past rows, each foretold by the one before; the mean over the quantities",
        "lower",
    ),
    "skill": Metric(
        "how much smaller the mean absolute error is than that of persistence, which repeats the last row; the mean "
        "over the quantities"
    ),
    "mae": Metric("mean absolute error, in the quantity's own unit; the mean over the quantities", "lower"),
    "rmse": Metric("root of the mean squared error, in the quantity's own unit; the mean over the quantities", "lower"),
    "coverage": Metric("share of the true numbers that lie in their intervals; it should be the intervals' level"),
}

_TINY = 1e-12
"""What an error is divided by at least: a past without any change is foretold without error."""


@dataclass(frozen=True)
class Outcome:
    """What came, of the quantities that are judged.

    Attributes:
        past: float64 [rows] for each quantity: what the model was sent, the oldest first; two rows at least.
        future: float64 [steps] for each quantity: what came afterwards.
    """

    past: Mapping[str, NDArray[np.float64]]
    future: Mapping[str, NDArray[np.float64]]


def observe(answer: Forecast, truth: Outcome) -> Row:
    """What is known of one series: sums of errors, for each quantity that the truth names.

    Args:
        answer: What the model said.
        truth: What came. A quantity that it doesn't name is not judged.
    """
    row = {}
    for name, future in truth.future.items():
        column, past = answer.quantities.index(name), truth.past[name]
        errors = np.abs(answer.values[: len(future), column] - future)
        inside = 0
        if answer.interval:
            low, high = (ends[: len(future), column] for ends in (answer.interval.low, answer.interval.high))
            inside = int(((low <= future) & (future <= high)).sum())
        row[name] = [
            len(future), float(errors.sum()), float((errors**2).sum()), float(np.abs(past[-1] - future).sum()),
            float(np.abs(np.diff(past)).sum()), len(past) - 1, len(future) if answer.interval else 0, inside,
        ]  # fmt: skip
    return row


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric; `coverage` only where there are intervals."""
    sums: dict[str, list[Sequence[float]]] = {}
    for row in rows:
        for name, one in row.items():
            sums.setdefault(name, []).append(one)
    # [quantities, sums]
    total = np.array([np.sum(ones, axis=0) for ones in sums.values()], np.float64)
    steps, errors, squares, persistence, naive, naive_steps, bounded, inside = total.T
    mae = errors / steps
    found = {
        "mase": mae / np.maximum(naive / naive_steps, _TINY),
        "skill": 1 - mae / np.maximum(persistence / steps, _TINY),
        "mae": mae,
        "rmse": np.sqrt(squares / steps),
    }
    values = {name: float(each.mean()) for name, each in found.items()}
    return {**values, "coverage": float(inside.sum() / bounded.sum())} if bounded.any() else values
