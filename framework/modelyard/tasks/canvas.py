"""Drawing answers that are no picture of their own: bars, lines over time, texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
from numpy.typing import NDArray

WIDTH = 480
ROW, GAP = 30, 6
PALE, STRONG, INK, GREY = "#eceff3", "#9ec5f0", "#1c2733", "#6b7785"
_SOFT, _LOUD = (205, 224, 247), (20, 66, 128)

Font = PIL.ImageFont.ImageFont | PIL.ImageFont.FreeTypeFont


def font(size: float = ROW / 2) -> Font:
    """The font that comes with Pillow; it knows Latin letters only."""
    return PIL.ImageFont.load_default(size)


def bars(rows: Sequence[tuple[str, float]], shown: int = 5) -> PIL.Image.Image:
    """A bar for each of the first rows.

    Args:
        rows: Names, each with a share of 0 to 1.
        shown: How many at most.
    """
    rows = rows[:shown]
    chart = PIL.Image.new("RGB", (WIDTH, max(1, len(rows) * (ROW + GAP))), "white")
    pen, letters = PIL.ImageDraw.Draw(chart), font()
    for number, (name, share) in enumerate(rows):
        top = number * (ROW + GAP)
        pen.rectangle((0, top, WIDTH, top + ROW), fill=PALE)
        pen.rectangle((0, top, round(WIDTH * min(1.0, max(0.0, share))), top + ROW), fill=STRONG)
        figure = f"{share:.1%}"
        pen.text((WIDTH - GAP, top + ROW / 2), figure, fill="black", font=letters, anchor="rm")
        room = WIDTH - 3 * GAP - letters.getlength(figure)
        pen.text((GAP, top + ROW / 2), shortened(name, letters, room), fill="black", font=letters, anchor="lm")
    return chart


def writing(lines: Sequence[str], most: int = 12) -> PIL.Image.Image:
    """Lines of text, each shortened to the width."""
    lines = [*lines[:most], "…"] if len(lines) > most else list(lines)
    page = PIL.Image.new("RGB", (WIDTH, max(1, len(lines)) * ROW), "white")
    pen, letters = PIL.ImageDraw.Draw(page), font()
    for number, line in enumerate(lines):
        said = shortened(" ".join(line.split()), letters, WIDTH - 2 * GAP)
        pen.text((GAP, number * ROW + ROW / 2), said, fill=INK, font=letters, anchor="lm")
    return page


def wave(samples: NDArray[np.float32], height: int = 80) -> PIL.Image.Image:
    """A sound, from its first sample at the left to its last at the right.

    Args:
        samples: [n], from -1 to 1.
        height: In pixels.
    """
    picture = PIL.Image.new("RGB", (WIDTH, height), "white")
    pen = PIL.ImageDraw.Draw(picture)
    for column, part in enumerate(np.array_split(samples, WIDTH)):
        if part.size:
            low, high = float(part.min()), float(part.max())
            pen.line((column, (1 - high) * height / 2, column, (1 - low) * height / 2 + 1), fill=STRONG)
    return picture


def stacked(pictures: Sequence[PIL.Image.Image]) -> PIL.Image.Image:
    """Pictures one below another."""
    height = sum(one.height for one in pictures) + GAP * (len(pictures) - 1)
    whole = PIL.Image.new("RGB", (max(one.width for one in pictures), max(1, height)), "white")
    top = 0
    for one in pictures:
        whole.paste(one, ((whole.width - one.width) // 2, top))
        top += one.height + GAP
    return whole


def shortened(text: str, letters: Font, room: float) -> str:
    """As much of a text as there is room for."""
    if letters.getlength(text) <= room:
        return text
    text = text[:400]
    while text and letters.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


class Pitches:
    """A chart of pitches over time, with a line and a name for each C.

    Args:
        pitches: MIDI's numbers of what is to be seen; an octave around the middle C where there are none.
        seconds: The time from the left edge to the right one.
        height: In pixels.
    """

    def __init__(self, pitches: Sequence[float], seconds: float, height: int = 240) -> None:
        low, high = (min(pitches), max(pitches)) if pitches else (60.0, 60.0)
        middle, around = (low + high) / 2, max(6.0, (high - low) / 2 + 1)
        self._low, self._high = middle - around, middle + around
        self._seconds, self._height = seconds, height
        self.picture = PIL.Image.new("RGB", (WIDTH, height), "white")
        self._pen = PIL.ImageDraw.Draw(self.picture)
        letters = font(11)
        for octave in range(-1, 10):
            y = self._y(12 * (octave + 1))
            if 0 <= y < height:
                self._pen.line((0, y, WIDTH, y), fill=PALE)
                self._pen.text((2, y - 1), f"C{octave}", fill=GREY, font=letters, anchor="ls")

    def _x(self, seconds: float) -> float:
        return WIDTH * seconds / self._seconds

    def _y(self, pitch: float) -> float:
        return self._height * (self._high - pitch) / (self._high - self._low)

    def bar(self, start: float, end: float, pitch: int, strength: float) -> None:
        """A note from `start` to `end` seconds, darker the stronger it is (0 to 1)."""
        colour = tuple(round(pale + min(1.0, strength) * (ink - pale)) for pale, ink in zip(_SOFT, _LOUD, strict=True))
        left, right = self._x(start), max(self._x(start) + 1, self._x(end) - 1)
        self._pen.rectangle((left, self._y(pitch + 0.5), right, self._y(pitch - 0.5) - 1), fill=colour)

    def curve(self, times: Sequence[float], pitches: Sequence[float | None]) -> None:
        """A line through the pitches, broken where there is none."""
        before: tuple[float, float] | None = None
        for time, pitch in zip(times, pitches, strict=True):
            now = None if pitch is None else (self._x(time), self._y(pitch))
            if now:
                self._pen.line((*(before or now), *now), fill=_LOUD, width=2)
            before = now
