"""Tables come as files, as text, and in JSON as the objects that they are."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from modelyard import Forecast, Pipeline, Series, Tensors, tasks


class Again(Pipeline[Series, Forecast]):
    """Says that tomorrow will be as today."""

    def load(self, weights: Path) -> None:
        self.model = SimpleNamespace(inputs=(), outputs=())

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def preprocess(self, series: Series) -> Tensors:
        return {"last": series.values(["x"])[-1:]}

    def postprocess(self, tensors: Tensors, series: Series) -> Forecast:
        return Forecast(("x",), tensors["last"], series.following(1))


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    runtime: Any = SimpleNamespace(name="litert", version="0")
    pipeline = Again(runtime)
    pipeline.load(Path())
    return make_app(
        pipeline=pipeline, task=tasks.load("time-series-forecasting"), labels=(), max_rows=3, max_columns=3
    ).test_client()


CSV = "date,x\n2016-01-01,1\n2016-01-02,2\n"
COLUMNS = {"date": ["2016-01-01", "2016-01-02"], "x": [1, 2]}
ROWS = [{"date": "2016-01-01", "x": 1}, {"date": "2016-01-02", "x": 2}]
ANSWER = [{"step": 1, "values": {"x": 2.0}, "time": "2016-01-03"}]


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"series": COLUMNS}},
        {"json": {"series": CSV}},
        {"data": {"series": CSV}},
        {"data": {"series": (io.BytesIO(CSV.encode()), "days.csv")}},
        {"data": CSV.encode(), "content_type": "text/csv"},
    ],
)
def test_a_table_is_answered_however_it_was_sent(client: FlaskClient, sent: dict[str, Any]) -> None:
    answer = client.post("/model/predict", **sent)
    assert answer.json == {"status": "ok", "predictions": ANSWER}


def test_several_tables_in_any_form_get_an_answer_each(client: FlaskClient) -> None:
    answer = client.post("/model/predict", json={"series": [COLUMNS, ROWS, CSV]})
    assert answer.json == {"status": "ok", "answers": [{"predictions": ANSWER}] * 3}


@pytest.mark.parametrize(
    ("series", "code", "said"),
    [
        (3, 400, "must be a text, an object, or a list of such"),
        (ROWS, 400, "input 1 of 2: column 'date' is no list"),
        ({"y": [1]}, 400, "lacks 'x'"),
        ({"x": [1, 2, 3, 4]}, 413, "at most 3 rows"),
        ([COLUMNS] * 33, 413, "at most 32"),
    ],
)
def test_what_is_no_table_is_refused_in_words(client: FlaskClient, series: Any, code: int, said: str) -> None:
    answer = client.post("/model/predict", json={"series": series})
    assert answer.status_code == code
    assert said in (answer.json or {})["message"]


def test_json_of_any_depth_is_refused_in_words(client: FlaskClient) -> None:
    for depth in (300, 1_000, 100_000):
        body = '{"series": {"x": ' + "[" * depth + "]" * depth + "}}"
        answer = client.post("/model/predict", data=body, content_type="application/json")
        assert answer.status_code == 400, depth
