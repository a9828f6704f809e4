"""The scale that the rows of a table of parts share."""

from __future__ import annotations

from markupsafe import Markup

from modelyard.catalog.site.charts.spread import EDGE, WIDTH, scale
from modelyard.catalog.site.sections.quality import Spread


def draw(among: Spread) -> Markup:
    """Its ends and its middle.

    Args:
        among: The table.
    """
    low, high = scale(among)
    label = Markup('<text x="{}" y="11" text-anchor="{}">{}</text>')
    ends = [(EDGE, "start", low), (WIDTH / 2, "middle", (low + high) / 2), (WIDTH - EDGE, "end", high)]
    head = Markup('<svg class="chart-spread axis" viewBox="0 0 {} 14" role="img" aria-label="{}">').format(
        WIDTH, f"Drawn on a scale from {low:.3g} to {high:.3g}"
    )
    return head + Markup("").join(label.format(x, anchor, f"{end:.3g}") for x, anchor, end in ends) + Markup("</svg>")
