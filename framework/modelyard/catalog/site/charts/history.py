"""A metric over the images of an asset: the drawing that `modelyard history` makes of it."""

from __future__ import annotations

from markupsafe import Markup

from modelyard.catalog.records import plot
from modelyard.catalog.site.shown import Trend


def draw(trend: Trend) -> Markup:
    """A row an image, the oldest first; what was blocked is hollow.

    Args:
        trend: What to draw.
    """
    return Markup(plot.svg(trend.points, trend.name))  # noqa: S704 (every text in it is escaped)
