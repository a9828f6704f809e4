"""The Open Inference Protocol: encoded files through the whole pipeline."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.serving.asking import Network, client_of, doubling, infer, picture, said, tensor


@pytest.fixture
def network() -> Network:
    return doubling()


@pytest.fixture
def client(network: Network) -> FlaskClient:
    return client_of(network)


def file(*pictures: bytes) -> dict[str, Any]:
    """The input `image` as JSON has it."""
    return {
        "name": "image", "shape": [len(pictures)], "datatype": "BYTES", "parameters": {"content_type": "base64"},
        "data": [base64.b64encode(one).decode() for one in pictures],
    }  # fmt: skip


def test_encoded_files_go_through_the_whole_pipeline(client: FlaskClient, network: Network) -> None:
    answer = infer(client, file(picture(), picture(50)), id="f").json

    assert answer is not None
    (output,) = answer["outputs"]
    assert (output["name"], output["datatype"], output["shape"], answer["id"]) == ("prediction", "BYTES", [2], "f")
    bright, dark = (json.loads(one) for one in output["data"])
    assert bright == {"status": "ok", "image_size": [4, 3], "seg_map": [[0, 0, 1, 1]] * 3}
    assert dark["seg_map"] == [[0, 0, 0, 0]] * 3
    assert not network.seen


def test_each_prediction_is_what_predict_answers(client: FlaskClient) -> None:
    predicted = client.post("/model/predict", data=picture(), content_type="image/png").data
    answer = infer(client, file(picture())).json

    assert answer is not None
    assert answer["outputs"][0]["data"] == [predicted.decode()]


def test_the_requests_parameters_are_the_pipelines(client: FlaskClient) -> None:
    answer = infer(client, file(picture(50)), parameters={"threshold": 20, "priority": 0, "timeout": 5}).json

    assert answer is not None
    assert json.loads(answer["outputs"][0]["data"][0])["seg_map"] == [[0, 0, 1, 1]] * 3


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"threshold": 256}, "at most 255"),
        ({"threshold": "bright"}, "a whole number"),
        ({"threshold": 1.5}, "a whole number"),
        ({"threshold": None}, "must be a number"),
        ({"threshold": [1]}, "must be a number"),
        ({"treshold": 20}, "parameter 'treshold' is unknown: with these inputs the model takes threshold"),
        ({"binary_data_output": "yes"}, "true or false"),
    ],
)
def test_bad_parameters(client: FlaskClient, parameters: Any, words: str) -> None:
    assert words in said(infer(client, file(picture()), parameters=parameters))


def test_tensors_take_no_parameters_of_the_pipeline(client: FlaskClient) -> None:
    assert "takes none" in said(infer(client, tensor([1]), parameters={"threshold": 20}))


def test_a_bad_file_is_named_among_several(client: FlaskClient) -> None:
    assert said(infer(client, file(picture(), b"no picture"))).startswith("file 2 of 2: ")
    assert "file" not in said(infer(client, file(b""))).split(":")[0]
    said(infer(client_of(max_pixels=11), file(picture())), 413)


def test_too_many_files_are_413(client: FlaskClient) -> None:
    assert infer(client, file(*[picture()] * 16)).status_code == 200
    said(infer(client, file(*[picture()] * 17)), 413)


def test_what_is_no_base64_is_400(client: FlaskClient) -> None:
    assert "no base64" in said(infer(client, {**file(b""), "data": ["@@"]}))
    assert "no base64" in said(infer(client, {**file(b""), "data": ["é"]}))
