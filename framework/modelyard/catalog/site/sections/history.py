"""Metrics over time, with what was stopped and what people went back from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelyard.catalog.records.chronicle import Stopped, Told
from modelyard.catalog.records.plot import Point
from modelyard.catalog.records.quality import Figure
from modelyard.catalog.site.model import words
from modelyard.catalog.site.shown import Trend

_SHOWN = 20


def trends(images: Sequence[Told], stopped: Sequence[Stopped], variant: str) -> list[Trend]:
    """Each metric over the last images of a line; none where there are fewer than two figures to compare.

    Args:
        images: Those that the registry has.
        stopped: Those that failed.
        variant: The line.
    """
    taken = sorted([*_published(images, variant), *_blocked(stopped, variant)], key=lambda one: one[0])
    metrics = dict.fromkeys(metric for _, figures, _, _, _ in taken for metric in figures)
    found = []
    for metric in metrics:
        points = [
            _point(figures[metric], label, remark, good)
            for _, figures, label, remark, good in taken
            if metric in figures
        ]
        if len(points) > 1:
            found.append(Trend(words(metric), points[-_SHOWN:]))
    return found


_Taken = tuple[str, dict[str, Figure], str, str, bool]


def _published(images: Sequence[Told], variant: str) -> Iterator[_Taken]:
    for one in images:
        if one.variant == variant:
            figures = one.quality.metrics if one.quality else one.figures
            back = next((f"back to it on {move.made[:10]}" for move in one.moves if move.kind == "rollback"), "")
            yield one.made, figures, f"{one.version}, {one.made[:10]}", back or one.verdict, True


def _blocked(stopped: Sequence[Stopped], variant: str) -> Iterator[_Taken]:
    for one in stopped:
        if one.variant == variant and one.quality:
            why = f"blocked: {', '.join(check.name for check in one.failed)}"
            yield one.made, one.quality.metrics, f"{one.version}, {one.made[:10]}, blocked", why, False


def _point(figure: Figure, label: str, remark: str, good: bool) -> Point:
    low = figure.low if figure.low is not None else figure.value
    high = figure.high if figure.high is not None else figure.value
    return Point(label, figure.value, low, high, remark, good)
