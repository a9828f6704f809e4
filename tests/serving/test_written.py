"""Inputs that are written: texts come in JSON and forms as they stand, and as files."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from modelyard import Pipeline, Tensors, Text, TextClassification, tasks


class Shout(Pipeline[Text, TextClassification]):
    """Tells loud texts from calm ones by their capitals."""

    def load(self, weights: Path) -> None:
        self.model = SimpleNamespace(inputs=(), outputs=())

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def preprocess(self, text: Text) -> Tensors:
        return {"share": np.array([sum(map(str.isupper, text)) / len(text)])}

    def postprocess(self, tensors: Tensors, text: Text) -> TextClassification:
        loud = float(tensors["share"][0])
        return TextClassification.best(np.array([loud, 1 - loud]), self.labels)


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    labels = ("loud", "calm")
    runtime: Any = SimpleNamespace(name="litert", version="0")
    pipeline = Shout(runtime, labels)
    pipeline.load(Path())
    return make_app(
        pipeline=pipeline, task=tasks.load("text-classification"), labels=labels, max_characters=50
    ).test_client()


LOUD = {"loud": 1.0, "calm": 0.0}
CALM = {"calm": 1.0, "loud": 0.0}


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"text": "HI"}},
        {"data": {"text": "HI"}, "content_type": "multipart/form-data"},
        {"data": {"text": "HI"}, "content_type": "application/x-www-form-urlencoded"},
        {"data": {"text": (io.BytesIO(b"HI"), "hi.txt")}},
        {"data": {"file": (io.BytesIO(b"HI"), "hi.txt")}},
        {"data": b"HI", "content_type": "text/plain"},
        {"data": b"HI", "content_type": "text/plain; charset=utf-8"},
    ],
    ids=["JSON", "multipart", "form", "file", "the only file", "body", "body with a charset"],
)
def test_a_text_comes_in_any_of_these_ways(client: FlaskClient, sent: dict[str, Any]) -> None:
    answer = client.post("/model/predict", **sent)
    assert answer.json == {"status": "ok", "predictions": [LOUD]}, answer.data


def test_a_list_of_texts_gets_a_list_of_predictions(client: FlaskClient) -> None:
    answer = client.post("/model/predict", json={"text": ["HI", "hi"]})
    assert answer.json == {"status": "ok", "predictions": [LOUD, CALM]}
    assert client.post("/model/predict", json={"text": ["hi"]}).json == {"status": "ok", "predictions": [CALM]}


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [
        ({"json": {"text": ""}}, 400, "empty"),
        ({"json": {"text": []}}, 400, "empty"),
        ({"json": {"text": ["hi", ""]}}, 400, "input 2 of 2"),
        ({"json": {"text": 3}}, 400, "must be a text"),
        ({"json": {"text": [["hi"]]}}, 400, "must be a text"),
        ({"json": {"words": "hi"}}, 400, "'text'"),
        ({"json": {"text": "x" * 51}}, 413, "at most 50"),
        ({"json": {"text": ["x"] * 129}}, 413, "at most 128"),
        ({"data": '{"text": "\\ud800"}', "content_type": "application/json"}, 400, "no JSON"),
        ({"data": {"other": "hi"}}, 400, "no field 'text'"),
        ({"data": b"\xff", "content_type": "text/plain"}, 400, "UTF-8"),
        ({"data": b"<p>", "content_type": "text/html"}, 415, "text/plain"),
    ],
)
def test_what_is_no_text_is_refused_in_words(client: FlaskClient, sent: dict[str, Any], code: int, said: str) -> None:
    answer = client.post("/model/predict", **sent)
    assert (answer.status_code, answer.json["status"]) == (code, "error")
    assert said in answer.json["message"], answer.json["message"]


def test_swagger_says_that_it_is_a_text(client: FlaskClient) -> None:
    described = json.loads(client.get("/swagger.json").data)["paths"]["/model/predict"]["post"]
    (field,) = [one for one in described["parameters"] if one["name"] == "text"]
    assert (field["type"], field["in"], field["required"]) == ("string", "formData", True)
    assert {"application/x-www-form-urlencoded", "multipart/form-data"} <= set(described["consumes"])
    assert "text/plain" in field["description"]
