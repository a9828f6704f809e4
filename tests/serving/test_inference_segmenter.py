"""The Open Inference Protocol before a real network: the image segmenter in LiteRT, with its real weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from tests.serving.asking import HEADER, said

from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import find
from modelyard.serving.app import create_app
from modelyard.serving.served import Place, load
from modelyard.serving.settings import Settings

pytestmark = pytest.mark.network

NAME = "image-segmenter"
INFER = f"/v2/models/{NAME}/infer"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    pytest.importorskip("ai_edge_litert")
    workspace = find(Path(__file__).parents[2])
    local = Local(workspace, open_cache(), Progress())
    with local.prepared(workspace.asset(NAME), "cpu") as (_, environment):
        settings = Settings(threads=2)
        yield create_app(load(Place.from_environment(environment), settings), settings).test_client()


def infer(client: FlaskClient, height: int, width: int, binary: bool) -> Any:
    pixels = np.random.default_rng(0).integers(0, 256, (1, height, width, 3), np.uint8)
    one: dict[str, Any] = {"name": "ImageTensor", "shape": list(pixels.shape), "datatype": "UINT8"}
    if binary:
        one["parameters"] = {"binary_data_size": pixels.nbytes}
    else:
        one["data"] = pixels.tolist()
    text = json.dumps({"inputs": [one], "parameters": {"binary_data_output": binary}}).encode()
    return client.post(INFER, data=text + pixels.tobytes() * binary, headers={HEADER: str(len(text))})


def test_the_metadata_is_the_networks_signature(client: FlaskClient) -> None:
    answer = client.get(f"/v2/models/{NAME}").json

    assert answer is not None
    assert answer["platform"] == "litert"
    assert [(one["name"], one["datatype"], one["shape"]) for one in answer["inputs"]] == [
        ("image", "BYTES", [-1]),
        ("ImageTensor", "UINT8", [1, -1, -1, 3]),
    ]


def test_binary_tensors_are_answered_as_json_ones(client: FlaskClient) -> None:
    binary, text = infer(client, 65, 97, True), infer(client, 65, 97, False).json

    classes = np.frombuffer(binary.data[int(binary.headers[HEADER]) :], "<i8")
    assert text["outputs"][0]["shape"] == [1, 65, 97]
    assert text["outputs"][0]["data"] == classes.tolist()


@pytest.mark.parametrize(("height", "width"), [(514, 513), (1, 514), (1100, 1100)])
def test_sizes_that_only_the_network_itself_refuses_are_400_and_it_serves_on(
    client: FlaskClient, height: int, width: int
) -> None:
    assert f"[1, {height}, {width}, 3]" in said(infer(client, height, width, True))
    assert infer(client, 33, 33, True).status_code == 200


def test_the_documented_example_is_answered(client: FlaskClient) -> None:
    swagger = client.get("/swagger.json").json

    assert swagger is not None
    answer = client.post(INFER, json=swagger["definitions"]["InferenceRequest"]["example"]).json
    assert answer is not None
    assert json.loads(answer["outputs"][0]["data"][0])["image_size"] == [513, 513]
