"""The Open Inference Protocol: what no client should send, and what it is told then."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.serving.asking import DTYPES, INFER, Network, client_of, doubling, echoing, infer, said, tensor


@pytest.fixture
def network() -> Network:
    return doubling()


@pytest.fixture
def client(network: Network) -> FlaskClient:
    return client_of(network)


X = tensor([1, 2])


def test_what_is_no_json_and_no_tensors_is_415(client: FlaskClient) -> None:
    assert "application/json" in said(client.post(INFER, data=b"x", content_type="image/png"), 415)
    assert "gzip" in said(client.post(INFER, data=b"x", headers={"Content-Encoding": "gzip"}), 415)


def test_a_body_over_the_limit_is_413() -> None:
    said(infer(client_of(doubling(), max_body=1_000), tensor([1] * 1_000)), 413)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([], "`inputs` is empty"),
        ([{**X, "name": "z"}], "input 'z' is unknown"),
        ([X, X], "input 'x' comes more than once"),
        ([{"name": "image", "shape": [1], "datatype": "BYTES", "data": ["a"]}, X], "together"),
        ([{**X, "datatype": "FP64"}], "is FP64: this model takes FP32"),
        ([{**X, "datatype": "BF16"}], "`datatype` must be one of"),
        ([{**X, "datatype": 3}], "`datatype` must be one of"),
        ([{**X, "shape": [2]}], "has shape [2]: this model takes [-1, -1]"),
        ([{**X, "shape": [1, 3]}], "`data` has 2 values, shape [1, 3] takes 3"),
        ([{**X, "shape": [1, -2]}], "axis 1 of `shape` must be a whole number from 1"),
        ([{**X, "shape": [1, 0], "data": []}], "axis 1 of `shape` must be a whole number from 1"),
        ([{**X, "shape": [1, 2.0]}], "axis 1"),
        ([{**X, "shape": [True, 2]}], "axis 0"),
        ([{**X, "shape": [1, "2"]}], "axis 1"),
        ([{**X, "shape": [1, 2**63]}], "axis 1"),
        ([{**X, "shape": [1, 2**70]}], "axis 1"),
        ([{**X, "shape": [2**62, 2**62]}], "takes"),
        ([{**X, "shape": [2**33, 2**31]}], "takes"),
        ([{**X, "shape": [1] * 33}], "33 axes"),
        ([{**X, "shape": [1] * 100_000}], "100000 axes"),
        ([{**X, "shape": 2}], "`shape` must be a list"),
        ([{k: v for k, v in X.items() if k != "shape"}], "`shape` must be a list"),
        ([{k: v for k, v in X.items() if k != "data"}], "has no data"),
        ([{**X, "data": 1}], "`data` must be a list"),
        ([{**X, "data": None}], "`data` must be a list"),
        ([{**X, "data": []}], "`data` has 0 values"),
        ([{**X, "data": [1, "2"]}], "holds a text"),
        ([{**X, "data": [1, True]}], "holds true or false"),
        ([{**X, "data": [1, None]}], "holds null"),
        ([{**X, "data": [1, {}]}], "holds an object"),
        ([{**X, "data": [1, [2]]}], "holds a list"),
        ([{**X, "data": [[1, [2]]]}], "holds a list"),
        ([{**X, "data": [[1], [2]]}], "axis 0 must have 1"),
        ([{**X, "data": [[1]]}], "axis 1 must have 2"),
        ([{**X, "data": [[1, 2, 3]]}], "axis 1 must have 2"),
        ([{**X, "data": [[1, 2]], "shape": [1, 2, 1]}], "has shape [1, 2, 1]"),
        ([{**X, "data": [1e39, 0]}], "outside FP32"),
        ([{**X, "parameters": []}], "`parameters` must be an object"),
        ([{**X, "parameters": {"binary_data_size": 8}}], "both"),
        ([{**X, "parameters": {"shared_memory_region": "r"}}], "no shared memory extension"),
        ([{"shape": [1]}], "input 0"),
        (["x"], "input 0"),
        ([[]], "input 0"),
        ([None], "input 0"),
        ("x", "`inputs` must be a list"),
        ({"x": X}, "`inputs` must be a list"),
        (None, "no list `inputs`"),
    ],
)  # fmt: skip
def test_bad_inputs_are_told_what_is_wrong_and_never_reach_the_network(
    client: FlaskClient, network: Network, inputs: Any, words: str
) -> None:
    assert words in said(client.post(INFER, json={"inputs": inputs}))
    assert not network.seen


@pytest.mark.parametrize(
    ("datatype", "value", "words"),
    [
        ("UINT8", 256, "outside UINT8: 0 to 255"),
        ("UINT8", -1, "outside UINT8"),
        ("INT8", -129, "outside INT8"),
        ("INT64", 2**63, "outside INT64"),
        ("INT64", -(2**63) - 1, "whole numbers"),
        ("UINT64", 2**64, "whole numbers"),
        ("INT32", 1.0, "whole numbers"),
        ("INT32", True, "whole numbers"),
        ("BOOL", 1, "true and false"),
        ("BOOL", "true", "true and false"),
        ("FP16", 65520, "outside FP16"),
        ("FP64", "1", "numbers"),
        ("BYTES", 1, "texts"),
        ("BYTES", None, "texts"),
    ],
)
def test_values_are_never_converted(datatype: str, value: Any, words: str) -> None:
    client = client_of(echoing(DTYPES[datatype], 1))

    assert words in said(infer(client, tensor([value], [1], datatype)))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"no json",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b'{"inputs": [',
        b'{"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [NaN]}]}',
        b'{"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [-Infinity]}]}',
        b'{"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1e999]}]}',
        b'{"inputs": [{"name": "\\ud800"}]}',
        b'{"inputs": ' * 100_000,
        b'{"inputs": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"inputs": [{"name":"x","shape":[1,1],"datatype":"FP32","data":' + b"[" * 900 + b"1" + b"]" * 900 + b"}]}",
        b'{"id": 7, "inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1]}]}',
        b'{"parameters": 7, "inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [1]}]}',
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)
def test_what_is_no_inference_request_is_400(client: FlaskClient, body: bytes) -> None:
    said(client.post(INFER, data=body))


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ([{"name": "z"}], "output 'z' is unknown: for these inputs there are 'y', 'n'"),
        ([{"name": "prediction"}], "unknown"),
        ([{"name": "y"}, {"name": "y"}], "more than once"),
        ([{}], "output 0"),
        (["y"], "output 0"),
        ("y", "`outputs` must be a list"),
        ([{"name": "y", "parameters": {"binary_data": 1}}], "true or false"),
        ([{"name": "y", "parameters": {"classification": 3}}], "no classification extension"),
    ],
)
def test_bad_outputs(client: FlaskClient, network: Network, outputs: Any, words: str) -> None:
    assert words in said(infer(client, tensor([1]), outputs=outputs))
    assert not network.seen


def test_an_error_never_repeats_what_the_client_made_large(client: FlaskClient) -> None:
    large = "x" * 1_000_000
    for document in (
        {"inputs": [{**X, "name": large}]},
        {"inputs": [{**X, "datatype": large}]},
        {"inputs": [{**X, "data": [large, 1]}]},
        {"inputs": [X], "outputs": [{"name": large}]},
        {"inputs": [X], "parameters": {large: 1}},
    ):
        said(client.post(INFER, json=document))


def test_json_of_more_values_than_fit_in_memory_is_413_before_it_is_read(client: FlaskClient) -> None:
    assert "binary" in said(client.post(INFER, data=b'{"inputs": [' + b"[]," * 4_100_000 + b"0]}"), 413)
