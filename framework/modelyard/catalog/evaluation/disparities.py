"""How far the parts of a partition are apart, as fairlearn (Weerts et al. 2023) has it: differences and ratios.

The interval is the bootstrap's, with the items of each part drawn from among themselves. The largest of several figures
less the smallest is rarely near 0 even where nothing is there: read the interval, not the figure alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.bootstrap import ends_of
from modelyard.catalog.evaluation.metric import Metric
from modelyard.catalog.records.quality import Disparity, Figure, Measured

Drawn = Mapping[str, Sequence[float]]


def of(
    parts: Mapping[str, Measured], drawn: Mapping[str, Drawn], metrics: Mapping[str, Metric]
) -> dict[str, Disparity]:
    """How far the parts are apart, in each metric that all of them have.

    Args:
        parts: The figures over each part that is large enough, two at least; else nothing is told.
        drawn: Each part's figures over every draw.
        metrics: What the figures are.
    """
    if len(parts) < 2:
        return {}
    values = {
        name: {part: measured.metrics[name].value for part, measured in parts.items()}
        for name in metrics
        if all(name in part.metrics for part in parts.values())
    }
    differences, ratios = _apart(values, list(parts))
    found = {}
    for name, of_parts in values.items():
        draws = zip(*(drawn[part].get(name, ()) for part in parts), strict=True)
        redrawn = [_quick(np.array(draw)) for draw in draws]
        order = sorted(of_parts, key=of_parts.__getitem__, reverse=metrics[name].better == "higher")
        positive = min(of_parts.values()) > 0
        found[name] = Disparity(
            difference=_figure(differences[name], [one[0] for one in redrawn]),
            ratio=_figure(ratios[name], [one[1] for one in redrawn]) if positive else None,
            best=order[0],
            worst=order[-1],
        )
    return found


def _apart(
    values: Mapping[str, Mapping[str, float]], parts: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Difference and ratio of the parts in each metric, by fairlearn, which is told of one item a part."""
    from fairlearn.metrics import MetricFrame  # it takes seconds to load, and most who get here have no parts

    def known(name: str) -> Callable[[Sequence[str], Sequence[str]], float]:
        return lambda part, _: values[name][str(part[0])]

    frame = MetricFrame(
        metrics={name: known(name) for name in values}, y_true=parts, y_pred=parts, sensitive_features=parts
    )
    return dict(frame.difference(method="between_groups")), dict(frame.ratio(method="between_groups"))


def _quick(values: NDArray[np.float64]) -> tuple[float, float]:
    """The same of one draw: pandas would take seconds for all of them."""
    low, high = float(values.min()), float(values.max())
    return high - low, low / high if high else math.nan


def _figure(value: float, draws: Sequence[float]) -> Figure:
    low, high = ends_of(draws) or (None, None)
    return Figure(value=float(value), low=low, high=high)
