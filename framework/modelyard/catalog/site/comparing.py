"""Two images side by side: figures, costs, checks and licences, in the order and the words of `modelyard compare`.

What `static/compare.js` draws for any two images, this gives for two that follow each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelyard.catalog.records.chronicle import Told
from modelyard.catalog.records.quality import Changed, Figure
from modelyard.catalog.site.model import number

NONE = "none"
APART = "Their figures are not known to be of the same labelled data: only their sizes can be told, no difference."
_COSTS = {"image size": "MB", "memory": "MB", "ready": "s"}


@dataclass(frozen=True)
class Row:
    """A line of the comparison.

    Attributes:
        name: What is compared.
        first: The one image's.
        second: The other's.
        apart: The second less the first; empty where that says nothing.
    """

    name: str
    first: str
    second: str
    apart: str = ""


@dataclass(frozen=True)
class Part:
    """Lines of one kind.

    Attributes:
        title: Which kind.
        rows: The lines.
    """

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Compared:
    """Two images side by side.

    Attributes:
        first: The one, the older.
        second: The other.
        told: What must be known about the figures; empty where nothing must.
        parts: All lines.
    """

    first: Told
    second: Told
    told: str
    parts: list[Part]


def compare(first: Told, second: Told) -> Compared:
    """Two images of one asset, or of two that answer the same kind of question."""
    had, has = (one.quality.metrics if one.quality else one.figures for one in (first, second))
    alike = bool(first.quality and second.quality and first.quality.data == second.quality.data)
    apart = _apart(first, second)
    parts = [
        Part("Metrics", [_metric(name, had.get(name), has.get(name), apart, alike) for name in {**has, **had}]),
        Part("Parts of the data", list(_slices(first, second)) if alike else []),
        Part("Costs", list(_costs(first.measures, second.measures))),
        Part("Checks", list(_differing(_checks(first), _checks(second), "passed"))),
        Part(
            "Licences", list(_differing(first.licences, second.licences, "not in it")) if _both(first, second) else []
        ),
    ]
    told = APART if had and has and not alike else ""
    return Compared(first, second, told, [part for part in parts if part.rows])


def neighbours(images: Iterable[Told]) -> Iterator[Compared]:
    """The newest image of each line, beside the one before it.

    Args:
        images: The newest first.
    """
    lines: dict[str, list[Told]] = {}
    for one in images:
        lines.setdefault(one.variant, []).append(one)
    for line in lines.values():
        if len(line) > 1:
            yield compare(line[1], line[0])


def _both(first: Told, second: Told) -> bool:
    """Chronicles have licences of the images alone that people get."""
    return bool(first.licences and second.licences)


def _apart(first: Told, second: Told) -> dict[str, Changed]:
    """How far the metrics are apart and how sure that is: where the one was held to the other when it was checked."""
    if second.against == first.digest:
        return dict(second.changes)
    if first.against == second.digest:
        return {
            name: Changed(value=-one.value, low=-one.high, high=-one.low, n=one.n)
            for name, one in first.changes.items()
        }
    return {}


def _metric(name: str, first: Figure | None, second: Figure | None, apart: Mapping[str, Changed], alike: bool) -> Row:
    if name not in apart:
        return _figures(name, first, second, alike)
    return Row(name.replace("_", " "), _figure(first), _figure(second), apart[name].to_text())


def _figures(name: str, first: Figure | None, second: Figure | None, alike: bool) -> Row:
    apart = f"{second.value - first.value:+.4f}" if alike and first and second else ""
    return Row(name.replace("_", " "), _figure(first), _figure(second), apart)


def _figure(figure: Figure | None) -> str:
    return figure.to_text() if figure else NONE


def _slices(first: Told, second: Told) -> Iterator[Row]:
    had, has = (one.quality.slices if one.quality else {} for one in (first, second))
    for partition, parts in has.items():
        for part, measured in parts.items():
            before = had.get(partition, {}).get(part)
            for name, figure in measured.metrics.items():
                if before and name in before.metrics:
                    label = f"{partition} {part}, {name.replace('_', ' ')}"
                    yield _figures(label, before.metrics[name], figure, alike=True)


def _costs(first: Mapping[str, float], second: Mapping[str, float]) -> Iterator[Row]:
    for name, unit in _COSTS.items():
        if name in first or name in second:
            before, after = (f"{number(one[name])} {unit}" if name in one else NONE for one in (first, second))
            apart = f"{second[name] - first[name]:+.4g} {unit}" if name in first and name in second else ""
            yield Row(name, before, after, apart)


def _checks(told: Told) -> dict[str, str]:
    return {check.name: "failed" if check.stops else "waived" for check in told.failed}


def _differing(first: Mapping[str, str], second: Mapping[str, str], without: str) -> Iterator[Row]:
    for name in {**first, **second}:
        pair = first.get(name, without), second.get(name, without)
        if pair[0] != pair[1]:
            yield Row(name, *pair)
