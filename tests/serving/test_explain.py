"""POST /model/explain: what of an input the answer depends on."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import PIL.Image
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.explanations.looking import AtAWord

from modelyard import Image, Pipeline, Segmentation, Tensors, tasks

EXPLAIN = "/model/explain"


@pytest.fixture
def photo() -> bytes:
    """A dark picture with a bright square."""
    pixels = np.zeros((24, 32, 3), np.uint8)
    pixels[4:12, 16:24] = 255
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app().test_client()


def sent(photo: bytes, **fields: Any) -> dict[str, Any]:
    return {"image": (io.BytesIO(photo), "a.png"), "queries": "32", **fields}


def test_a_picture_is_explained_in_the_described_form(client: FlaskClient, photo: bytes) -> None:
    answer = client.post(EXPLAIN, data=sent(photo))

    body = answer.get_json()
    swagger = client.get("/swagger.json").get_json()
    schema = swagger["paths"][EXPLAIN]["post"]["responses"]["200"]["schema"]
    jsonschema.validate(body, {**schema, "definitions": swagger["definitions"]})
    assert answer.status_code == 200
    assert (body["target"], body["method"], body["queries"], body["complete"]) == ("bright", "RISE", 32, True)
    assert body["score"] == 1
    saliency = np.array(body["saliency"])
    assert saliency.max() == 1
    assert PIL.Image.open(io.BytesIO(base64.b64decode(body["picture"]))).format == "PNG"


def test_the_same_request_gets_the_same_answer_and_another_seed_another(client: FlaskClient, photo: bytes) -> None:
    first, again, other = (client.post(EXPLAIN, data=sent(photo, seed=seed)).data for seed in "001")
    assert first == again
    assert first != other


def test_who_takes_pictures_gets_the_picture(client: FlaskClient, photo: bytes) -> None:
    answer = client.post(EXPLAIN, data=sent(photo), headers={"Accept": "image/png"})
    assert answer.mimetype == "image/png"
    assert PIL.Image.open(io.BytesIO(answer.data)).format == "PNG"
    assert client.post(EXPLAIN, data=sent(photo), headers={"Accept": "*/*"}).mimetype == "application/json"


@pytest.mark.parametrize("how", ["raw", "json"])
def test_it_is_asked_as_predict_is(client: FlaskClient, photo: bytes, how: str) -> None:
    if how == "raw":
        answer = client.post(f"{EXPLAIN}?queries=16", data=photo, content_type="image/png")
    else:
        answer = client.post(EXPLAIN, json={"image": base64.b64encode(photo).decode(), "queries": 16})
    assert answer.status_code == 200
    assert answer.get_json()["queries"] == 16


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"queries": "1000000000"}, 400, "parameter queries='1000000000': it must be at most 2000"),
        ({"queries": "many"}, 400, "must be a whole number"),
        ({"seed": "-1"}, 400, "parameter seed='-1'"),
        ({"target": "unicorn"}, 400, "parameter target='unicorn': there is no such thing here; there is bright, dark"),
        ({"target": "x" * 900}, 400, "there is no such thing here"),
        ({"image": (io.BytesIO(b"no picture"), "a.png")}, 400, "this is no picture"),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: FlaskClient, photo: bytes, fields: dict[str, Any], code: int, said: str
) -> None:
    answer = client.post(EXPLAIN, data=sent(photo, **fields))
    assert answer.status_code == code
    assert answer.get_json()["status"] == "error"
    assert said in answer.get_json()["message"]


def test_several_inputs_are_not_explained_at_once(client: FlaskClient, photo: bytes) -> None:
    answer = client.post(EXPLAIN, data={"image": [(io.BytesIO(photo), "a.png"), (io.BytesIO(photo), "b.png")]})
    assert answer.status_code == 400
    assert "one by one" in answer.get_json()["message"]


def test_another_class_can_be_explained(client: FlaskClient, photo: bytes) -> None:
    assert client.post(EXPLAIN, data=sent(photo, target="dark")).get_json()["target"] == "dark"
    assert client.post(EXPLAIN, data=sent(photo, target="0")).get_json()["target"] == "dark"


def test_a_text_is_explained_word_by_word(make_app: Callable[..., Flask]) -> None:
    labels = ("yes", "no")
    client = make_app(
        pipeline=AtAWord(None, labels),  # type: ignore[arg-type]
        task=tasks.load("text-classification"),
        labels=labels,
    ).test_client()

    body = client.post(EXPLAIN, json={"text": "a good day"}).get_json()

    words = [(one["text"], round(one["weight"], 2)) for one in body["saliency"]]
    assert words == [("a", 0), ("good", 0.8), ("day", 0)]


@pytest.mark.parametrize("others", [{"task": tasks.load("human-pose-estimation")}, {"explain_seconds": 0}])
def test_where_nothing_can_be_explained_there_is_no_route(
    make_app: Callable[..., Flask], photo: bytes, others: dict[str, Any]
) -> None:
    client = make_app(**others).test_client()
    assert client.post(EXPLAIN, data=sent(photo)).status_code == 404
    assert EXPLAIN not in client.get("/swagger.json").get_json()["paths"]


def test_queries_are_no_predictions_and_no_stages_of_one(client: FlaskClient, photo: bytes) -> None:
    assert client.post(EXPLAIN, data=sent(photo)).status_code == 200

    counted = client.get("/metrics").get_data(as_text=True)
    assert 'modelyard_requests_total{code="200",route="/model/explain"} 1.0' in counted
    assert 'modelyard_stage_seconds_count{stage="infer"} 0.0' in counted
    assert "modelyard_predictions_total{" not in counted


class _Held(Pipeline[Image, Segmentation]):
    """Answers only once it may."""

    def load(self, weights: Path) -> None:
        self.asked, self.may = threading.Event(), threading.Event()

    def preprocess(self, image: Image) -> Tensors:
        self.asked.set()
        self.may.wait(20)
        return {"pixels": image.pixels()}

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
        return Segmentation((tensors["pixels"].mean(axis=2) > 127).astype(np.uint8))


def test_a_second_explanation_has_to_come_again_later(make_app: Callable[..., Flask], photo: bytes) -> None:
    held = _Held(None)  # type: ignore[arg-type]
    held.load(Path())
    app = make_app(pipeline=held)
    codes = []
    first = threading.Thread(target=lambda: codes.append(app.test_client().post(EXPLAIN, data=sent(photo)).status_code))
    first.start()
    held.asked.wait(20)

    second = app.test_client().post(EXPLAIN, data=sent(photo))

    held.may.set()
    first.join()
    assert second.status_code == 503
    assert int(second.headers["Retry-After"]) >= 1
    assert codes == [200]
    assert app.test_client().post(EXPLAIN, data=sent(photo)).status_code == 200, "the place is free again"


def test_a_model_that_answers_too_slowly_says_so(make_app: Callable[..., Flask], photo: bytes) -> None:
    client = make_app(explain_seconds=1, request_timeout=1).test_client()  # a second less than the client waits: none
    answer = client.post(EXPLAIN, data=sent(photo))
    assert answer.status_code == 413
    assert "EXPLAIN_SECONDS" in answer.get_json()["message"]
