"""The picture of a training: its figures over the epochs, those of what was held out beside those of the rest."""

from __future__ import annotations

import io
from collections.abc import Sequence

import PIL.Image
import PIL.ImageDraw

from modelyard.tasks.canvas import GREY, INK, PALE, STRONG, font

_WIDTH, _HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 16, 40, 36
_HELD_OUT = "val_"
_HELD_OUT_COLOUR = "#c2410c"
_GRID = 4


def draw(epochs: Sequence[dict[str, float]]) -> bytes:
    """A PNG with one chart for each figure, the loss first.

    Args:
        epochs: What was measured, epoch by epoch; `val_` begins the name of a figure of what was held out.
    """
    names = dict.fromkeys(name.removeprefix(_HELD_OUT) for epoch in epochs for name in epoch)
    names = dict.fromkeys(sorted(names, key=lambda name: name != "loss"))
    whole = PIL.Image.new("RGB", (_WIDTH * max(1, len(names)), _HEIGHT), "white")
    for place, name in enumerate(names):
        curves = {
            STRONG: [one.get(name) for one in epochs],
            _HELD_OUT_COLOUR: [one.get(_HELD_OUT + name) for one in epochs],
        }
        whole.paste(_chart(name, curves), (place * _WIDTH, 0))
    file = io.BytesIO()
    whole.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def _chart(name: str, curves: dict[str, list[float | None]]) -> PIL.Image.Image:
    chart = PIL.Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    pen, letters = PIL.ImageDraw.Draw(chart), font(13)
    values = [value for curve in curves.values() for value in curve if value is not None and abs(value) < float("inf")]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.05 or 0.5
    low, high = low - room, high + room
    length = max(len(curve) for curve in curves.values())

    def x(epoch: float) -> float:
        return _LEFT + (epoch + 0.5) / length * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    pen.text((_LEFT, _TOP / 2), name, fill=INK, font=font(16), anchor="lm")
    for line in range(_GRID + 1):
        value = low + (high - low) * line / _GRID
        pen.line((_LEFT, y(value), _WIDTH - _RIGHT, y(value)), fill=PALE)
        pen.text((_LEFT - 6, y(value)), f"{value:.3g}", fill=GREY, font=letters, anchor="rm")
    for epoch in range(0, length, max(1, -(-length // 10))):
        pen.text((x(epoch), _HEIGHT - _BOTTOM / 2), str(epoch + 1), fill=GREY, font=letters, anchor="mm")
    for colour, curve in curves.items():
        points = [
            (x(epoch), y(value)) for epoch, value in enumerate(curve) if value is not None and low <= value <= high
        ]
        if len(points) > 1:
            pen.line(points, fill=colour, width=2, joint="curve")
        for across, down in points:
            pen.ellipse((across - 3, down - 3, across + 3, down + 3), fill=colour)
    held_out = any(value is not None for value in curves[_HELD_OUT_COLOUR])
    legend = [("learned from", STRONG), *([("held out", _HELD_OUT_COLOUR)] if held_out else [])]
    right = float(_WIDTH - _RIGHT)
    for text, colour in reversed(legend):
        pen.text((right, _TOP / 2), text, fill=INK, font=letters, anchor="rm")
        right -= letters.getlength(text) + 14
        pen.ellipse((right, _TOP / 2 - 4, right + 8, _TOP / 2 + 4), fill=colour)
        right -= 14
    return chart
