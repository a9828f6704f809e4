"""A figure where inputs suffered: a bar for each severity, and the line that the clean inputs reach."""

from __future__ import annotations

from markupsafe import Markup

from modelyard.catalog.site.sections.quality import Corruption, Robust

_WIDTH, _BAR, _GAP = 320, 9, 4


def draw(one: Corruption, among: Robust) -> Markup:
    """The bars of one corruption; all of a metric share a scale that begins at 0.

    Args:
        one: What to draw.
        among: All that stand in the same table.
    """
    measures = [among.clean, *(measure for each in among.corruptions for _, measure in each.severities)]
    ends = [end for each in measures for end in (each.value, each.high) if end is not None]
    low = min(0.0, *(each.value for each in measures))
    high = max(1.0, *ends) if all(0 <= end <= 1 for end in ends) else max(*ends, low + 1e-9)
    height = len(one.severities) * (_BAR + _GAP) + _GAP

    def at(value: float) -> float:
        return round(_WIDTH * min(1.0, max(0.0, (value - low) / (high - low))), 1)

    parts = []
    for place, (_, measure) in enumerate(one.severities):
        y = _GAP + place * (_BAR + _GAP)
        bar = Markup('<rect class="bar bar-{}" x="{}" y="{}" width="{}" height="{}"/>')
        parts.append(bar.format(place % 3, at(0.0), y, max(0.5, at(measure.value) - at(0.0)), _BAR))
        if measure.low is not None and measure.high is not None:
            whisker = Markup('<line class="whisker" x1="{}" x2="{}" y1="{}" y2="{}"/>')
            middle = y + _BAR / 2
            parts.append(whisker.format(at(measure.low), at(measure.high), middle, middle))
    clean = Markup('<line class="clean" x1="{}" x2="{}" y1="0" y2="{}"/>')
    parts.append(clean.format(at(among.clean.value), at(among.clean.value), height))
    said = ", ".join(f"severity {severity or 1} {measure.shown}" for severity, measure in one.severities)
    head = Markup('<svg class="chart-corruption" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        _WIDTH, height, f"{one.name}: {among.clean.name} {said}; clean {among.clean.shown}"
    )
    return head + Markup("").join(parts) + Markup("</svg>")
