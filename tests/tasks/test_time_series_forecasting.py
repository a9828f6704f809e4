"""Forecasts: what they may say, how they are told apart, drawn and held to what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from modelyard import Forecast, Interval, ModelyardError, Series, tasks
from modelyard.catalog.metrics.time_series_forecasting import METRICS, Outcome, observe, summarise

TASK = tasks.load("time-series-forecasting")
VALUES = np.array([[10.0, 0.5], [12.0, 0.0], [11.0, 0.25]])
PLAIN = Forecast(("warm", "rain"), VALUES)
SURE = replace(
    PLAIN,
    times=("2016-01-01", "2016-01-02", "2016-01-03"),
    interval=Interval(0.8, VALUES - np.array([4.0, 0.0]), VALUES + np.array([4.0, 1.5])),
)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": np.empty((0, 2))}, "at least one step"),
        ({"values": np.zeros((3, 1))}, "number for each quantity"),
        ({"values": np.zeros(3)}, "number for each quantity"),
        ({"quantities": ()}, "number for each quantity"),
        ({"quantities": ("warm", "warm")}, "same name"),
        ({"times": ("2016-01-01",)}, "time for each step"),
        ({"values": VALUES * np.nan}, "not finite"),
        ({"interval": Interval(1.0, VALUES, VALUES)}, "between 0 and 1"),
        ({"interval": Interval(0.8, VALUES[:2], VALUES)}, "two ends"),
        ({"interval": Interval(0.8, VALUES + 1, VALUES + 2)}, "outside"),
        ({"interval": Interval(0.8, VALUES, VALUES * np.nan)}, "outside"),
        ({"interval": Interval(0.8, VALUES, VALUES + np.inf)}, "outside"),
    ],
)
def test_what_is_no_forecast_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(SURE, **wrong)


@pytest.mark.parametrize("answer", [PLAIN, SURE, replace(PLAIN, times=SURE.times)])
def test_a_forecast_is_one_entry_a_step(answer: Forecast) -> None:
    body = TASK.encode(answer)
    assert [one["step"] for one in body["predictions"]] == [1, 2, 3]
    assert body["predictions"][1]["values"] == {"warm": 12.0, "rain": 0.0}
    assert ("time" in body["predictions"][0]) == bool(answer.times)
    assert ("interval" in body["predictions"][0]) == bool(answer.interval)
    assert TASK.compare(answer, TASK.decode(body), {}, ()).passed


def broken(**changes: Any) -> dict[str, Any]:
    body = TASK.encode(SURE)
    body["predictions"][1].update(changes)
    return body


@pytest.mark.parametrize(
    "body",
    [
        {"predictions": []},
        {"predictions": [[1.0, 2.0]]},
        broken(values={"warm": 1.0}),
        broken(values={"warm": "much", "rain": 0.0}),
        broken(interval={"level": 0.8, "low": {"warm": 0.0}, "high": {"warm": 99.0}}),
        {"predictions": [*TASK.encode(SURE)["predictions"], *TASK.encode(PLAIN)["predictions"]]},
    ],
)
def test_a_body_that_holds_no_forecast_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ModelyardError, match="no answer of time-series-forecasting"):
        TASK.decode(body)


def test_differences_are_shares_of_the_range_of_each_quantity() -> None:
    # warm ranges from 10 to 12; its interval makes that 6 to 16.
    moved = replace(PLAIN, values=VALUES + np.array([[0.5, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    assert TASK.difference(PLAIN, moved) == {"mean": pytest.approx(0.25 / 3), "largest": 0.25, "interval": 0, "form": 0}
    wider = Interval(0.8, SURE.interval.low - [1.0, 0.0], SURE.interval.high) if SURE.interval else None
    assert TASK.difference(SURE, replace(SURE, interval=wider))["interval"] == pytest.approx(0.1)


def test_a_quantity_that_never_changes_is_compared_by_its_size() -> None:
    still = Forecast(("x",), np.full((2, 1), 50.0))
    assert TASK.difference(still, Forecast(("x",), np.full((2, 1), 51.0)))["largest"] == pytest.approx(0.02)
    nothing = Forecast(("x",), np.zeros((1, 1)))
    assert TASK.difference(nothing, Forecast(("x",), np.full((1, 1), 0.5)))["largest"] == 0.5


@pytest.mark.parametrize(
    "other",
    [
        PLAIN,
        replace(SURE, quantities=("rain", "warm")),
        replace(SURE, times=("2016-01-02", "2016-01-03", "2016-01-04")),
        replace(SURE, interval=Interval(0.9, VALUES - 4.0, VALUES + 4.0)),
        Forecast(("warm", "rain"), VALUES[:2]),
    ],
)
def test_forecasts_of_another_form_never_pass(other: Forecast) -> None:
    compared = TASK.compare(SURE, other, {"mean": 9, "largest": 9, "interval": 9}, ())
    assert not compared.passed
    assert compared.measures["form"] == 1


@pytest.mark.parametrize("answer", [PLAIN, SURE])
@pytest.mark.parametrize("sent", ["date,warm,rain\n2015-12-30,1,0\n2015-12-31,2,1\n", "other\nx\n", "warm\n1\n"])
def test_past_and_future_are_drawn_a_panel_for_each_quantity(answer: Forecast, sent: str) -> None:
    picture = TASK.draw(Series.parse(sent.encode()), answer, ())
    assert picture.size == (480, 2 * 120 + 6)
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert (0xC0, 0x4A, 0x1D) in colours
    assert (0xF6, 0xD9, 0xCC) in colours or answer.interval is None


def test_the_metrics_are_those_that_one_computes_by_hand() -> None:
    # Steps of 1, 2 and 1 in the past; persistence says 4 each time.
    truth = Outcome({"x": np.array([1.0, 2.0, 4.0, 3.0])}, {"x": np.array([5.0, 3.0])})
    answer = Forecast(("y", "x"), np.array([[0.0, 4.0], [0.0, 6.0]]), interval=Interval(
        0.8, np.array([[0.0, 3.5], [0.0, 4.0]]), np.array([[0.0, 6.0], [0.0, 7.0]])
    ))  # fmt: skip
    found = summarise([observe(answer, truth)])
    assert found.keys() == METRICS.keys()
    assert found["mae"] == 2.0
    assert found["rmse"] == pytest.approx(np.sqrt(5.0))
    assert found["mase"] == pytest.approx(2.0 / (4 / 3))
    assert found["skill"] == pytest.approx(1 - 2.0 / 1.0)
    assert found["coverage"] == 0.5


def test_persistence_has_no_skill_and_the_truth_has_all() -> None:
    past, future = {"x": np.array([1.0, 2.0])}, {"x": np.array([4.0, 5.0])}
    still, right = Forecast(("x",), np.full((2, 1), 2.0)), Forecast(("x",), np.array([[4.0], [5.0]]))
    assert summarise([observe(still, Outcome(past, future))])["skill"] == 0
    assert summarise([observe(right, Outcome(past, future))]) == {"mase": 0, "skill": 1, "mae": 0, "rmse": 0}


def test_quantities_are_judged_where_the_truth_names_them() -> None:
    first = Outcome({"warm": np.array([1.0, 2.0])}, {"warm": np.array([10.0])})
    second = Outcome({"rain": np.array([1.0, 2.0])}, {"rain": np.array([2.5])})
    assert summarise([observe(PLAIN, first), observe(PLAIN, second)])["mae"] == pytest.approx((0 + 2.0) / 2)
