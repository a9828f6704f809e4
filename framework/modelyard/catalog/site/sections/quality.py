"""Figures of an evaluation besides its metrics: parts of the items, corrupted inputs, calibration, swapped words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.quality import Calibration, Disparity, Figure, Measured, Quality, Swapped
from modelyard.catalog.site.model import Measure, number, words

_SEVERITY = re.compile(r"(.+) (\d)")


@dataclass(frozen=True)
class Spread:
    """A metric over the parts of a partition.

    Attributes:
        name: The metric.
        whole: The figure over all items.
        rows: Each part and its figure.
        apart: How far the parts are apart; empty where nobody knows.
    """

    name: str
    whole: Measure
    rows: Sequence[tuple[str, Measure]]
    apart: str


@dataclass(frozen=True)
class Parts:
    """A partition of the items.

    Attributes:
        name: What it goes by.
        spreads: Each metric, the one that says most first.
    """

    name: str
    spreads: Sequence[Spread]


@dataclass(frozen=True)
class Corruption:
    """One way in which inputs suffered.

    Attributes:
        name: Such as `noise`.
        severities: The figure at each severity, the mildest first.
    """

    name: str
    severities: Sequence[tuple[str, Measure]]


@dataclass(frozen=True)
class Robust:
    """A metric over corrupted inputs.

    Attributes:
        clean: The figure over all items as they are.
        corruptions: Each of them.
    """

    clean: Measure
    corruptions: Sequence[Corruption]


@dataclass(frozen=True)
class Told:
    """What the section shows below the metrics.

    Attributes:
        parts: Each partition.
        robust: Each metric over corrupted inputs.
        calibration: The reliability diagram; None where answers have no probabilities.
        calibrated: Its figures.
        swapped: What swapped words do, a line a set.
        stopped: Why nothing corrupted was asked; empty where nothing stood against it.
        attacked: What the newest attack made of the image; None where nobody tried one.
    """

    parts: Sequence[Parts]
    robust: Sequence[Robust]
    calibration: Calibration | None
    calibrated: Sequence[Measure]
    swapped: Sequence[str]
    stopped: str
    attacked: Attacked | None


def told(quality: Quality, attack: bytes | None) -> Told:
    """What is shown of an evaluation.

    Args:
        quality: The evaluation.
        attack: The record of the newest attack, where there is one; of another form, it isn't shown.
    """
    calibration = quality.calibration
    figures = {"expected calibration error": calibration.error, "Brier score": calibration.brier} if calibration else {}
    return Told(
        parts=[_parts(quality, name, parts) for name, parts in quality.slices.items()],
        robust=[found for name in quality.metrics if (found := _robust(quality, name)) is not None],
        calibration=calibration,
        calibrated=[measure(name, one, quality.n) for name, one in figures.items()],
        swapped=[_swapped(name, one) for name, one in quality.counterfactuals.items()],
        stopped=quality.stopped,
        attacked=_attacked(attack) if attack else None,
    )


def measure(key: str, figure: Figure, n: int | None = None) -> Measure:
    """A figure as pages show it."""
    return Measure(name=words(key), key=key, value=figure.value, low=figure.low, high=figure.high, n=n)


def _parts(quality: Quality, name: str, parts: Mapping[str, Measured]) -> Parts:
    apart = quality.disparities.get(name, {})
    return Parts(
        words(name),
        [
            Spread(
                name=words(metric),
                whole=measure(metric, figure, quality.n),
                rows=[
                    (part, measure(metric, one.metrics[metric], one.n))
                    for part, one in parts.items()
                    if metric in one.metrics
                ],
                apart=_apart(apart[metric]) if metric in apart else "",
            )
            for metric, figure in quality.metrics.items()
            if any(metric in one.metrics for one in parts.values())
        ],
    )


def _apart(one: Disparity) -> str:
    ratio = f", ratio {_span(one.ratio)}" if one.ratio else ""
    return f"{_span(one.difference)} from {one.worst} to {one.best}{ratio}"


def _swapped(name: str, one: Swapped) -> str:
    mean = f", {_span(one.means[one.measure])} on average" if one.measure in one.means else ""
    where = " · ".join(one.farthest)
    return f"{words(name)}, {one.n} groups: {one.measure} {number(one.largest)} at most{mean}; farthest apart: {where}"


def _attacked(record: bytes) -> Attacked | None:
    try:
        return Attacked.model_validate_json(record)
    except ValidationError:
        return None


def _robust(quality: Quality, metric: str) -> Robust | None:
    found: dict[str, list[tuple[str, Measure]]] = {}
    for key, one in quality.corrupted.items():
        match = _SEVERITY.fullmatch(key)
        name, severity = (match[1], match[2]) if match else (key, "")
        if metric in one.metrics:
            found.setdefault(name, []).append((severity, measure(metric, one.metrics[metric], one.n)))
    if not found:
        return None
    clean = measure(metric, quality.metrics[metric], quality.n)
    return Robust(
        clean, [Corruption(words(name), sorted(some, key=lambda one: one[0])) for name, some in found.items()]
    )


def _span(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return number(figure.value)
    return f"{number(figure.value)} ({number(figure.low)} to {number(figure.high)})"
