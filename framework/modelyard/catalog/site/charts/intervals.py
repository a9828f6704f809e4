"""A figure and its 95 % interval on a line, beside the number: how sure it is at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from modelyard.catalog.site.model import Measure

_WIDTH, _HEIGHT, _EDGE = 240, 24, 6


def draw(measure: Measure, among: Sequence[Measure]) -> Markup:
    """One row; rows of one table share a scale where all of them lie between 0 and 1.

    Args:
        measure: What to draw.
        among: All that stand in the same table.
    """
    low, high = _scale(measure, among)
    span = (high - low) or 1.0

    def at(value: float) -> str:
        return f"{_EDGE + (_WIDTH - 2 * _EDGE) * min(1.0, max(0.0, (value - low) / span)):.1f}"

    middle = _HEIGHT / 2
    parts = [
        Markup('<line class="scale" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_EDGE, _WIDTH - _EDGE, middle, middle)
    ]
    if measure.low is not None and measure.high is not None:
        ends = at(measure.low), at(measure.high)
        whisker = Markup('<line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/>')
        parts.append(whisker.format(ends[0], ends[1], middle, middle))
        parts += [whisker.format(end, end, middle - 5, middle + 5) for end in ends]
    parts.append(Markup('<circle class="point" cx="{}" cy="{}" r="4"/>').format(at(measure.value), middle))
    said = f"{measure.name} {measure.shown}" + (f", {measure.interval}" if measure.interval else "")
    head = Markup('<svg class="chart-row" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, _HEIGHT, f"{said}, on a scale from {low:g} to {high:g}"
    )
    return head + Markup("").join(parts) + Markup("</svg>")


def _scale(measure: Measure, among: Sequence[Measure]) -> tuple[float, float]:
    ends = [value for one in among for value in (one.value, one.low, one.high) if value is not None]
    if all(0 <= value <= 1 for value in ends):
        return 0.0, 1.0
    own = [value for value in (measure.value, measure.low, measure.high, 0.0) if value is not None]
    return min(own), max(own) * 1.1 if max(own) > 0 else 0.0
