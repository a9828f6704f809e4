"""A metric of one part of the items and its interval, beside that of all items; the rows of a table share a scale."""

from __future__ import annotations

from markupsafe import Markup

from modelyard.catalog.site.model import Measure
from modelyard.catalog.site.sections.quality import Spread

WIDTH, EDGE = 320, 8
_HEIGHT = 24


def draw(measure: Measure, among: Spread) -> Markup:
    """One row.

    Args:
        measure: What to draw.
        among: All that stand in the same table.
    """
    low, high = scale(among)

    def at(value: float) -> float:
        return round(EDGE + (WIDTH - 2 * EDGE) * min(1.0, max(0.0, (value - low) / (high - low))), 1)

    middle = _HEIGHT / 2
    parts = [
        Markup('<line class="scale" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(EDGE, WIDTH - EDGE, middle, middle),
        Markup('<line class="clean" x1="{}" x2="{}" y1="0" y2="{}"/>').format(
            at(among.whole.value), at(among.whole.value), _HEIGHT
        ),
    ]
    if measure.low is not None and measure.high is not None:
        whisker = Markup('<path class="whisker" d="M{0} {2}H{1}M{0} {3}v10M{1} {3}v10"/>')
        parts.append(whisker.format(at(measure.low), at(measure.high), middle, middle - 5))
    parts.append(Markup('<circle class="point" cx="{}" cy="{}" r="4"/>').format(at(measure.value), middle))
    said = f"{measure.name} {measure.shown}" + (f", {measure.interval}" if measure.interval else "")
    head = Markup('<svg class="chart-spread" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, _HEIGHT, f"{said}; all items {among.whole.shown}"
    )
    return head + Markup("").join(parts) + Markup("</svg>")


def scale(among: Spread) -> tuple[float, float]:
    """The least and the largest that is drawn, with some room around."""
    measures = [among.whole, *(measure for _, measure in among.rows)]
    ends = [end for one in measures for end in (one.value, one.low, one.high) if end is not None]
    room = (max(ends) - min(ends)) * 0.04 or abs(max(ends)) * 0.05 or 0.05
    low, high = min(ends) - room, max(ends) + room
    return (max(low, 0.0), min(high, 1.0)) if all(0 <= end <= 1 for end in ends) else (low, high)
