"""Drawing what counts in a text: what speaks for the answer is marked warm, what speaks against it cold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from modelyard.explanations import heat
from modelyard.tasks import canvas

_MARGIN = 10
_LINE = 26
_LINES = 24
_COLD = np.array([[255, 255, 255], [150, 190, 230]], np.float64)
_LONGEST = 5_000
"""Characters that are drawn at most."""


@dataclass(frozen=True)
class Span:
    """A stretch of a text.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        weight: How far it counts for the answer; below 0 it counts against it.
    """

    start: int
    end: int
    weight: float


def marked(text: str, spans: Sequence[Span]) -> PIL.Image.Image:
    """A text as a page.

    Args:
        text: The text; where it is long, the page ends with an ellipsis.
        spans: What counts in it, in order.
    """
    most = max((abs(one.weight) for one in spans), default=0.0) or 1.0
    letters = canvas.font(15)
    page = PIL.Image.new("RGB", (canvas.WIDTH, 2 * _MARGIN + _LINE * (_LINES + 1)), "white")
    pen = PIL.ImageDraw.Draw(page)
    x, y = float(_MARGIN), _MARGIN
    for word, weight, opens in _words(text[:_LONGEST], spans):
        if opens == "\n" and x > _MARGIN:
            x, y = float(_MARGIN), y + _LINE
        elif opens:
            x += letters.getlength(" ")
        shown = canvas.shortened(word, letters, canvas.WIDTH - 2 * _MARGIN)
        width = letters.getlength(shown)
        if x + width > canvas.WIDTH - _MARGIN and x > _MARGIN:
            x, y = float(_MARGIN), y + _LINE
        if y >= _MARGIN + _LINE * _LINES:
            pen.text((_MARGIN, y + _LINE / 2), "…", fill=canvas.INK, font=letters, anchor="lm")
            y += _LINE
            break
        pen.rectangle((x - 1, y + 2, x + width + 1, y + _LINE - 3), fill=_colour(weight / most))
        pen.text((x, y + _LINE / 2), shown, fill=canvas.INK, font=letters, anchor="lm")
        x += width
    else:
        y += _LINE
    return page.crop((0, 0, canvas.WIDTH, y + _MARGIN))


def _words(text: str, spans: Sequence[Span]) -> list[tuple[str, float, str]]:
    """Each word with its weight, and the white space before it: a line's end, a space, or none."""
    found: list[tuple[str, float, str]] = []
    at = 0
    for span in [*spans, Span(len(text), len(text), 0.0)]:
        for start, end, weight in ((at, span.start, 0.0), (span.start, span.end, span.weight)):
            begin = start
            for place in range(start, min(end, len(text)) + 1):
                if place < min(end, len(text)) and not text[place].isspace():
                    continue
                if place > begin:
                    before = text[max(0, begin - 1) : begin]
                    opens = "\n" if before in ("\n", "\r") else " " if before.isspace() else ""
                    found.append((text[begin:place], weight, opens))
                begin = place + 1
        at = max(at, span.end)
    return found


def _colour(share: float) -> tuple[int, int, int]:
    """Warm above 0, cold below it; paler than in pictures, so that letters can be read on it."""
    mixed: NDArray[np.float64]
    if share >= 0:
        mixed = 0.35 * 255 + 0.65 * heat.colours(np.array(share)) if share else np.full(3, 255.0)
    else:
        mixed = _COLD[0] + min(1.0, -share) * (_COLD[1] - _COLD[0])
    red, green, blue = (round(float(one)) for one in mixed)
    return red, green, blue
