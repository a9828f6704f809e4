"""Metrics of time series forecasting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from modelyard.catalog.evaluation.metric import Metric
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
    "mae": Metric(
        "mean absolute error, in the quantity's own unit (mean_absolute_error); the mean over the quantities", "lower"
    ),
    "rmse": Metric(
        "root of the mean squared error, in the quantity's own unit (root_mean_squared_error); the mean over the "
        "quantities",
        "lower",
    ),
    "coverage": Metric("share of the true numbers that lie in their intervals; it should be the intervals' level"),
}


@dataclass(frozen=True)
class Outcome:
    """What came, of the quantities that are judged.

    Attributes:
        past: [rows] for each quantity: what the model was sent, the oldest first; two rows at least.
        future: [steps] for each quantity: what came afterwards.
    """

    past: Mapping[str, NDArray[np.float64]]
    future: Mapping[str, NDArray[np.float64]]


def measure(answers: Sequence[Forecast], truths: Sequence[Outcome]) -> dict[str, float]:
    """The value of each metric; `coverage` only where there are intervals.

    Args:
        answers: What the model said.
        truths: What came. A quantity that an outcome doesn't name is not judged there.
    """
    quantities = list(dict.fromkeys(name for truth in truths for name in truth.future))
    judged = [_Judged.of(name, answers, truths) for name in quantities]
    values = {
        "mase": _mean(judged, lambda one: one.error / _positive(one.naive_error)),
        "skill": _mean(judged, lambda one: 1 - one.error / _positive(one.persistence_error)),
        "mae": _mean(judged, lambda one: one.error),
        "rmse": _mean(judged, lambda one: float(root_mean_squared_error(one.true, one.said))),
    }
    inside = np.concatenate([one.inside for one in judged])
    return {**values, "coverage": float(inside.mean())} if inside.size else values


@dataclass(frozen=True)
class _Judged:
    """All forecasts of one quantity, one after another."""

    said: NDArray[np.float64]
    true: NDArray[np.float64]
    persistence: NDArray[np.float64]
    naive_error: float
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, name: str, answers: Sequence[Forecast], truths: Sequence[Outcome]) -> _Judged:
        pairs = [(answer, truth) for answer, truth in zip(answers, truths, strict=True) if name in truth.future]
        said, true, persistence, steps, inside = [], [], [], [], [np.empty(0, bool)]
        for answer, truth in pairs:
            column, future = answer.quantities.index(name), np.asarray(truth.future[name], np.float64)
            said.append(answer.values[: len(future), column])
            true.append(future)
            persistence.append(np.full(len(future), truth.past[name][-1]))
            steps.append(np.abs(np.diff(truth.past[name])))
            if answer.interval:
                low, high = (ends[: len(future), column] for ends in (answer.interval.low, answer.interval.high))
                inside.append((low <= future) & (future <= high))
        return cls(
            np.concatenate(said), np.concatenate(true), np.concatenate(persistence),
            float(np.concatenate(steps).mean()), np.concatenate(inside),
        )  # fmt: skip

    @property
    def error(self) -> float:
        return float(mean_absolute_error(self.true, self.said))

    @property
    def persistence_error(self) -> float:
        return float(mean_absolute_error(self.true, self.persistence))


def _mean(judged: Sequence[_Judged], value: Callable[[_Judged], float]) -> float:
    return float(np.mean([value(one) for one in judged]))


def _positive(error: float) -> float:
    """What an error is divided by; a past without any change is foretold without error."""
    return max(error, 1e-12)
