"""Whether what is said with a probability is right as often: the reliability diagram of Guo et al. 2017."""

from __future__ import annotations

from markupsafe import Markup

from modelyard.catalog.records.quality import Calibration

_SIDE, _EDGE = 280, 34


def draw(calibration: Calibration) -> Markup:
    """A bar a bin is as high as what was right; a mark stands where the probability says it should be.

    Args:
        calibration: The bins.
    """
    whole = _SIDE + _EDGE + 8

    def x(value: float) -> float:
        return round(_EDGE + _SIDE * min(1.0, max(0.0, value)), 1)

    def y(value: float) -> float:
        return round(8 + _SIDE * (1 - min(1.0, max(0.0, value))), 1)

    parts = [Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(_EDGE, 8, _SIDE, _SIDE)]
    for one in calibration.bins:
        wide = max(2.0, x(one.high) - x(one.low) - 1)
        bar = Markup('<rect class="bar bar-0" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>')
        said = f"said {one.confidence:.3f}, right {one.accuracy:.3f}, {one.n} answers"
        parts.append(bar.format(x(one.low), y(one.accuracy), wide, max(0.5, y(0) - y(one.accuracy)), said))
    parts.append(Markup('<line class="perfect" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(x(0), y(0), x(1), y(1)))
    parts += [
        Markup('<path class="said" d="M{} {}h10"/>').format(x((one.low + one.high) / 2) - 5, y(one.confidence))
        for one in calibration.bins
    ]
    label = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
    for end in (0, 0.5, 1):
        parts.append(label.format(x(end), whole - 14, "middle" if end else "start", f"{end:g}"))
        parts.append(label.format(_EDGE - 6, y(end) + 4, "end", f"{end:g}"))
    parts.append(label.format(x(0.5), whole + 4, "middle", "said with this probability"))
    head = Markup('<svg class="chart-reliability" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        whole, whole + 10, f"Share of right answers by probability in {len(calibration.bins)} bins; the table has them"
    )
    return head + Markup("").join(parts) + Markup("</svg>")
