"""A figure over versions, with its intervals: drawn in a terminal, and as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_TEXT = 44
"""Characters from the least value to the largest."""
_ROW, _LABEL, _WIDE, _VALUE, _TOP = 26, 250, 380, 190, 46
"""Pixels: the height of a row, and the widths of labels, drawing and figures; what is above the first row."""


@dataclass(frozen=True)
class Point:
    """One version.

    Attributes:
        label: What it is called.
        value: The figure.
        low: Lower end of its interval; the value where there is none.
        high: Upper end.
        remark: Its verdict and cause, in a few words.
        good: Whether it was published; what was blocked is drawn hollow.
    """

    label: str
    value: float
    low: float
    high: float
    remark: str = ""
    good: bool = True


def text(points: Sequence[Point]) -> str:
    """A line a point: `├──●──┤` where it is drawn, ○ for one that was blocked.

    Args:
        points: In the order of the lines; one at least.
    """
    low, high = _range(points)
    width = max(len(point.label) for point in points)
    lines = []
    for point in points:
        left, at, right = (round((end - low) / (high - low) * _TEXT) for end in (point.low, point.value, point.high))
        drawn = [" "] * (_TEXT + 1)
        if left < right:
            drawn[left : right + 1] = ["├", *"─" * (right - left - 1), "┤"]
        drawn[at] = "●" if point.good else "○"
        lines.append(f"{point.label:{width}}  {''.join(drawn)}  {_figure(point)}  {point.remark}".rstrip())
    ends = f"{low:.4g}", f"{high:.4g}"
    lines.append(f"{'':{width}}  {ends[0]}{ends[1]:>{_TEXT + 1 - len(ends[0])}}")
    return "\n".join(lines)


def svg(points: Sequence[Point], title: str) -> str:
    """The same as a picture that stands by itself; colours are the surroundings' where it stands in a page.

    Args:
        points: In the order of the rows; one at least.
        title: What is drawn, for those who see it and those who hear it.
    """
    low, high = _range(points)
    width, height = _LABEL + _WIDE + _VALUE, _TOP + _ROW * len(points) + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="13" fill="currentColor" stroke="none">\n<title>{escape(title)}</title>\n'
        f'<text x="8" y="24" font-size="16" font-weight="bold">{escape(title)}</text>\n'
        f"{''.join(_rows(points, low, high))}{''.join(_axis(low, high, _TOP + _ROW * len(points)))}</svg>\n"
    )


def _rows(points: Sequence[Point], low: float, high: float) -> Iterator[str]:
    for number, point in enumerate(points):
        y = _TOP + _ROW * number + _ROW // 2
        left, at, right = (_place(end, low, high) for end in (point.low, point.value, point.high))
        yield f'<text x="8" y="{y + 4}">{escape(point.label)}</text>\n'
        yield f'<path d="M{left:.1f} {y}H{right:.1f}M{left:.1f} {y - 5}v10M{right:.1f} {y - 5}v10" '
        yield 'stroke="currentColor" fill="none"/>\n'
        fill = "currentColor" if point.good else "none"
        yield f'<circle cx="{at:.1f}" cy="{y}" r="5" fill="{fill}" stroke="currentColor">'
        yield f"<title>{escape(f'{_figure(point)} {point.remark}')}</title></circle>\n"
        yield f'<text x="{_LABEL + _WIDE + 16}" y="{y + 4}">{escape(_figure(point))}</text>\n'


def _axis(low: float, high: float, y: int) -> Iterator[str]:
    yield f'<path d="M{_LABEL} {y}H{_LABEL + _WIDE}" stroke="currentColor" stroke-opacity="0.4"/>\n'
    for end in (low, (low + high) / 2, high):
        yield f'<text x="{_place(end, low, high):.1f}" y="{y + 18}" text-anchor="middle">{end:.4g}</text>\n'


def _place(value: float, low: float, high: float) -> float:
    return _LABEL + (value - low) / (high - low) * _WIDE


def _range(points: Sequence[Point]) -> tuple[float, float]:
    low, high = min(point.low for point in points), max(point.high for point in points)
    # Where all are the same, there is something to the left and right all the same.
    room = (high - low) * 0.05 or max(abs(high), 1e-3) * 0.05
    return (low - room, high + room) if math.isfinite(low) and math.isfinite(high) else (0.0, 1.0)


def _figure(point: Point) -> str:
    interval = f" ({point.low:.4f} to {point.high:.4f})" if point.low < point.high else ""
    return f"{point.value:.4f}{interval}"
