"""What is measured for a task: its file under `metrics/`, and what follows from that."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from modelyard.catalog import metrics, shelf
from modelyard.catalog.evaluation import calibration
from modelyard.catalog.evaluation.metric import Metric, Row

Certainty = Callable[[Row], tuple[float, bool] | None]


@dataclass(frozen=True)
class Measures:
    """What is measured for a task.

    Attributes:
        metrics: What each figure says, the headline first; where answers have probabilities, calibration is among them.
        observe: All that the metrics need to know of an answer and the truth.
        summarise: The value of each metric over some rows.
        fault: How wrong one row is, more is worse; NaN where nothing can be said of one row alone.
        certainty: How probable the answer was said to be, and whether it is right; None where tasks say no such thing.
    """

    metrics: Mapping[str, Metric]
    observe: Callable[[Any, Any], Row]
    summarise: Callable[[Sequence[Row]], dict[str, float]]
    fault: Callable[[Row], float]
    certainty: Certainty | None


def of(task: str) -> Measures:
    """What is measured for a task.

    Raises:
        ModelyardError: Nothing is.
    """
    module = module_of(task)
    certainty: Certainty | None = getattr(module, "certainty", None)

    def summarise(rows: Sequence[Row]) -> dict[str, float]:
        values: dict[str, float] = module.summarise(rows)
        return values if certainty is None else values | calibration.summarise(rows, certainty)

    known = dict(module.METRICS) | (calibration.METRICS if certainty else {})
    return Measures(known, module.observe, summarise, getattr(module, "fault", None) or _headline(module), certainty)


def module_of(task: str) -> ModuleType:
    """The file with the metrics of a task.

    Raises:
        ModelyardError: There is none.
    """
    module, _ = shelf.take(metrics, task, "file of metrics for the task")
    return module


def _headline(module: ModuleType) -> Callable[[Row], float]:
    """The first metric, over one row alone."""
    name, metric = next(iter(module.METRICS.items()))

    def fault(row: Row) -> float:
        value = float(module.summarise([row])[name])
        return math.nan if not math.isfinite(value) else -value if metric.better == "higher" else value

    return fault
