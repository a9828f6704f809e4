"""Time series forecasting: what comes next, of each quantity, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from modelyard.errors import BadInput, ModelyardError
from modelyard.series import Series
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task

Numbers = NDArray[np.float64]

_COMING, _BAND = "#c04a1d", "#f6d9cc"
_HEIGHT = 90
_SHOWN_ROWS = 120
_ROUNDING = 1e-6
"""How far a forecast may lie outside its interval, as a share of its size, computed in 32 bits."""


@dataclass(frozen=True)
class Interval:
    """Where the future lies with some probability.

    Attributes:
        level: That probability, between 0 and 1.
        low: float64 [steps, quantities], the lower ends.
        high: float64 [steps, quantities], the upper ends.
    """

    level: float
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class Forecast:
    """What comes next.

    Attributes:
        quantities: What is forecast, by the names of the columns.
        values: float64 [steps, quantities], the nearest future first.
        times: When each step is, in ISO 8601, where the model was told when now is.
        interval: Where the model says how sure it is.

    Raises:
        ValueError: Numbers are not finite, are not as many as there are quantities and times, or lie outside their
            interval.
    """

    quantities: tuple[str, ...]
    values: Numbers
    times: tuple[str, ...] = ()
    interval: Interval | None = None

    def __post_init__(self) -> None:
        steps = len(self.values)
        if not steps or not self.quantities or self.values.shape != (steps, len(self.quantities)):
            raise ValueError("a forecast has at least one step, and in each a number for each quantity")
        if len(set(self.quantities)) != len(self.quantities):
            raise ValueError("two quantities have the same name")
        if len(self.times) not in (0, steps):
            raise ValueError("a forecast has a time for each step, or for none")
        if not np.isfinite(self.values).all():
            raise ValueError("a forecast is not finite")
        if self.interval:
            self._check(self.interval)

    def _check(self, interval: Interval) -> None:
        if not 0 < interval.level < 1:
            raise ValueError("the level of an interval lies between 0 and 1")
        if not interval.low.shape == interval.high.shape == self.values.shape:
            raise ValueError("an interval has two ends for each number")
        slack = _ROUNDING * np.abs(self.values) + _ROUNDING
        # Written so that a NaN fails.
        inside = (interval.low <= self.values + slack) & (self.values <= interval.high + slack)
        if not inside.all() or not np.isfinite(interval.low).all() or not np.isfinite(interval.high).all():
            raise ValueError("a forecast lies outside its interval")


def _encode(answer: Forecast) -> dict[str, Any]:
    return {"predictions": [_step(answer, step) for step in range(len(answer.values))]}


def _step(answer: Forecast, step: int) -> dict[str, Any]:
    def named(numbers: Numbers) -> dict[str, float]:
        return dict(zip(answer.quantities, numbers[step].tolist(), strict=True))

    record: dict[str, Any] = {"step": step + 1, "values": named(answer.values)}
    if answer.times:
        record["time"] = answer.times[step]
    if answer.interval:
        bounds = answer.interval
        record["interval"] = {"level": bounds.level, "low": named(bounds.low), "high": named(bounds.high)}
    return record


def _decode(body: Mapping[str, Any]) -> Forecast:
    try:
        steps = list(body["predictions"])
        quantities = tuple(map(str, steps[0]["values"]))
        times = tuple(str(step["time"]) for step in steps if "time" in step)
        bounds = [step["interval"] for step in steps if "interval" in step]
        if len(bounds) not in (0, len(steps)):
            raise ValueError("an interval for each step, or for none")
        return Forecast(
            quantities, _numbers([step["values"] for step in steps], quantities), times,
            Interval(
                float(bounds[0]["level"]),
                _numbers([one["low"] for one in bounds], quantities),
                _numbers([one["high"] for one in bounds], quantities),
            ) if bounds else None,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of time-series-forecasting: {error!r}") from None


def _numbers(records: Sequence[Mapping[str, float]], quantities: Sequence[str]) -> Numbers:
    if any(record.keys() != set(quantities) for record in records):
        raise ValueError("the steps name different quantities")
    return np.array([[float(record[name]) for name in quantities] for record in records], np.float64)


def _difference(expected: Forecast, got: Forecast) -> dict[str, float]:
    alike = (
        expected.quantities == got.quantities
        and expected.values.shape == got.values.shape
        and expected.times == got.times
        and (expected.interval and expected.interval.level) == (got.interval and got.interval.level)
    )
    if not alike:
        return {"mean": 1.0, "largest": 1.0, "interval": 1.0, "form": 1.0}
    scale = _scale(expected)
    gaps = np.abs(expected.values - got.values) / scale
    ends = 0.0
    if expected.interval and got.interval:
        first, second = expected.interval, got.interval
        ends = float((np.maximum(np.abs(first.low - second.low), np.abs(first.high - second.high)) / scale).max())
    return {"mean": float(gaps.mean(axis=0).max()), "largest": float(gaps.max()), "interval": ends, "form": 0.0}


def _scale(answer: Forecast) -> Numbers:
    """float64 [quantities]: the range of each over all steps and intervals; its size where it has no range."""
    bounds = answer.interval
    everything = np.concatenate([answer.values, bounds.low, bounds.high]) if bounds else answer.values
    spread = np.ptp(everything, axis=0)
    size = np.abs(everything).max(axis=0)
    scale: Numbers = np.where(spread > 0, spread, np.where(size > 0, size, 1.0))
    return scale


def _describe(answer: Forecast, labels: Sequence[str]) -> str:
    steps = len(answer.values)
    when = f" from {answer.times[0]}" if answer.times else ""
    named = [
        f"{name} " + ", ".join(f"{value:.4g}" for value in answer.values[:3, column]) + (", …" if steps > 3 else "")
        for column, name in enumerate(answer.quantities[:5])
    ]
    return f"{steps} step{'s' * (steps > 1)}{when}: {'; '.join(named)}"


def _draw(series: Series, answer: Forecast, labels: Sequence[str]) -> PIL.Image.Image:
    """A curve for each quantity: what was sent, and in another colour what comes, with its interval."""
    return canvas.stacked([_panel(series, answer, column) for column in range(len(answer.quantities))])


def _panel(series: Series, answer: Forecast, column: int) -> PIL.Image.Image:
    past, coming = _past(series, answer.quantities[column]), answer.values[:, column]
    low, high = (
        (answer.interval.low[:, column], answer.interval.high[:, column]) if answer.interval else (coming, coming)
    )
    everything = np.concatenate([past, coming, low, high])
    bottom, top = float(everything.min()), float(everything.max())
    letters = canvas.font(canvas.ROW / 2.5)
    panel = PIL.Image.new("RGB", (canvas.WIDTH, _HEIGHT + canvas.ROW), "white")
    pen = PIL.ImageDraw.Draw(panel)
    left, width = 60, canvas.WIDTH - 60 - canvas.GAP

    def points(numbers: Numbers, first: int) -> list[tuple[float, float]]:
        across = width / max(1, len(past) + len(coming) - 1)
        share = (numbers - bottom) / ((top - bottom) or 1.0)
        return [
            (left + (first + place) * across, canvas.ROW + (1 - part) * (_HEIGHT - canvas.GAP))
            for place, part in enumerate(share.tolist())
        ]

    # The future begins where the past ends.
    start = [past[-1:]] if len(past) else []
    at = len(past) - len(start)
    ends = points(np.concatenate([*start, low]), at) + points(np.concatenate([*start, high]), at)[::-1]
    pen.polygon(ends, fill=_BAND)
    _curve(pen, points(past, 0), canvas.INK)
    _curve(pen, points(np.concatenate([*start, coming]), at), _COMING)
    title = canvas.shortened(answer.quantities[column], canvas.font(), canvas.WIDTH - 2 * canvas.GAP)
    pen.text((canvas.GAP, canvas.ROW / 2), title, fill=canvas.INK, font=canvas.font(), anchor="lm")
    pen.text((left - canvas.GAP, canvas.ROW), f"{top:.4g}", fill=canvas.GREY, font=letters, anchor="rt")
    pen.text((left - canvas.GAP, panel.height - 1), f"{bottom:.4g}", fill=canvas.GREY, font=letters, anchor="rb")
    return panel


def _curve(pen: PIL.ImageDraw.ImageDraw, points: Sequence[tuple[float, float]], colour: str) -> None:
    if len(points) > 1:
        pen.line(list(points), fill=colour, width=2)
    for x, y in points[-1:]:
        pen.ellipse((x - 2, y - 2, x + 2, y + 2), fill=colour)


def _past(series: Series, quantity: str) -> Numbers:
    """What was sent of a quantity, its last rows; nothing where it was not."""
    try:
        return series.values([quantity])[-_SHOWN_ROWS:, 0]
    except BadInput:
        return np.empty(0)


_BY_NAME = {"type": "object", "additionalProperties": {"type": "number"}}

TASK = Task(
    name="time-series-forecasting",
    title="Time Series Forecasting",
    input=Series,
    output=Forecast,
    schema={
        "predictions": {
            "type": "array",
            "description": "One entry for each step, the nearest first; numbers by the name of the quantity.",
            "items": {
                "type": "object",
                "required": ["step", "values"],
                "properties": {
                    "step": {"type": "integer", "description": "1 is the step after the last row sent"},
                    "time": {"type": "string", "description": "when it is, in ISO 8601, if times were sent"},
                    "values": {**_BY_NAME, "description": "the forecast"},
                    "interval": {
                        "type": "object",
                        "description": "where the future lies with the probability `level`, if the model says so",
                        "required": ["level", "low", "high"],
                        "properties": {"level": {"type": "number"}, "low": _BY_NAME, "high": _BY_NAME},
                    },
                },
            },
            "example": [
                {
                    "step": 1,
                    "values": {"temperature": 8.5, "wind": 3.2},
                    "time": "2016-01-01",
                    "interval": {
                        "level": 0.8,
                        "low": {"temperature": 6.1, "wind": 1.9},
                        "high": {"temperature": 10.4, "wind": 5.0},
                    },
                },
                {
                    "step": 2,
                    "values": {"temperature": 8.1, "wind": 3.0},
                    "time": "2016-01-02",
                    "interval": {
                        "level": 0.8,
                        "low": {"temperature": 4.9, "wind": 1.7},
                        "high": {"temperature": 11.3, "wind": 5.1},
                    },
                },
            ],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "mean": Measure("mean absolute difference of a quantity as a share of its range; of the worst quantity", 0.01),
        "largest": Measure("largest absolute difference of a number as a share of its quantity's range", 0.02),
        "interval": Measure("largest absolute difference of the ends of an interval, as such a share", 0.02),
        "form": Measure("1 where the steps, times, quantities or the interval's level are not the same", 0),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
)
