"""What is measured for a task: its file under `metrics/`, and what follows from that."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from modelyard.catalog import metrics, shelf
from modelyard.catalog.evaluation import calibration
from modelyard.catalog.evaluation.calibration import Certainty
from modelyard.catalog.evaluation.metric import At, Metric, Prepared, Row, listing


@dataclass(frozen=True)
class Measures:
    """What is measured for a task.

    Attributes:
        metrics: What each figure says, the headline first; where answers have probabilities, calibration is among them.
        observe: All that the metrics need to know of an answer and the truth.
        summarise: The value of each metric over some rows.
        prepared: What gives these values over those of some rows that stand at some places, for whoever asks often.
        fault: How wrong one row is, more is worse; NaN where nothing can be said of one row alone.
        certainty: How probable the answer was said to be, and whether it is right; None where tasks say no such thing.
    """

    metrics: Mapping[str, Metric]
    observe: Callable[[Any, Any], Row]
    summarise: Callable[[Sequence[Row]], dict[str, float]]
    prepared: Prepared
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

    def prepared(rows: Sequence[Row]) -> At:
        values = _prepared(module, rows)
        if certainty is None:
            return values
        sure = calibration.prepared(rows, certainty)
        return lambda places: values(places) | sure(places)

    fault: Callable[[Row], float] = getattr(module, "fault", None) or _headline(module)
    known = dict(module.METRICS) | (calibration.METRICS if certainty else {})
    return Measures(known, module.observe, summarise, prepared, fault, certainty)


def module_of(task: str) -> ModuleType:
    """The file with the metrics of a task.

    Raises:
        ModelyardError: There is none.
    """
    module, _ = shelf.take(metrics, task, "file of metrics for the task")
    return module


def _prepared(module: ModuleType, rows: Sequence[Row]) -> At:
    """The module's own way to be asked often; else its summary of a list of the rows."""
    own: Prepared = getattr(module, "prepared", None) or listing(module.summarise)
    return own(rows)


def _headline(module: ModuleType) -> Callable[[Row], float]:
    """The first metric, over one row alone."""
    name, metric = next(iter(module.METRICS.items()))

    def fault(row: Row) -> float:
        value = float(module.summarise([row])[name])
        return math.nan if not math.isfinite(value) else -value if metric.better == "higher" else value

    return fault
