"""The Open Inference Protocol's binary tensor extension: bytes behind the JSON, both ways."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from tests.serving.asking import (
    DTYPES,
    HEADER,
    INFER,
    Network,
    client_of,
    doubling,
    echoing,
    infer,
    infer_binary,
    picture,
    said,
    tensor,
)
from werkzeug.test import TestResponse

from modelyard.tensors import TensorSpec


@pytest.fixture
def network() -> Network:
    return doubling()


@pytest.fixture
def client(network: Network) -> FlaskClient:
    return client_of(network)


def x(size: Any, shape: list[int], datatype: str = "FP32", **others: Any) -> dict[str, Any]:
    """The input `x`, its data behind the JSON."""
    return {"name": "x", "shape": shape, "datatype": datatype, "parameters": {"binary_data_size": size}, **others}


def parts(response: TestResponse) -> tuple[Any, bytes]:
    """The JSON of an answer, and what is behind it."""
    assert response.status_code == 200, response.text[:500]
    assert response.mimetype == "application/octet-stream"
    length = int(response.headers[HEADER])
    return json.loads(response.data[:length]), response.data[length:]


FOUR = np.array([[1, 2.5], [-3, 1e-3]], "<f4")


def test_binary_in_json_out(client: FlaskClient) -> None:
    response = infer_binary(client, [x(16, [2, 2])], FOUR.tobytes(), id="b")

    assert response.mimetype == "application/json"
    assert HEADER not in response.headers
    assert response.json is not None
    assert response.json["id"] == "b"
    assert response.json["outputs"][0] == {"name": "y", "datatype": "FP32", "shape": [2, 2], "data": [2, 5, -6, 0.002]}


def test_binary_in_binary_out(client: FlaskClient) -> None:
    answer, behind = parts(
        infer_binary(client, [x(16, [2, 2])], FOUR.tobytes(), parameters={"binary_data_output": True})
    )

    assert answer["outputs"] == [
        {"name": "y", "datatype": "FP32", "shape": [2, 2], "parameters": {"binary_data_size": 16}},
        {"name": "n", "datatype": "INT64", "shape": [1], "parameters": {"binary_data_size": 8}},
    ]
    assert behind == (FOUR * 2).tobytes() + (4).to_bytes(8, "little")


def test_json_in_binary_out(client: FlaskClient) -> None:
    _, behind = parts(infer(client, tensor([1.5]), parameters={"binary_data_output": True}))

    assert behind == np.array([3], "<f4").tobytes() + (1).to_bytes(8, "little")


def test_each_output_may_be_asked_for_in_its_own_form(client: FlaskClient) -> None:
    wanted = [{"name": "n", "parameters": {"binary_data": False}}, {"name": "y"}]
    answer, behind = parts(infer(client, tensor([1.5]), outputs=wanted, parameters={"binary_data_output": True}))
    assert answer["outputs"][0] == {"name": "n", "datatype": "INT64", "shape": [1], "data": [1]}
    assert behind == np.array([3], "<f4").tobytes()

    wanted = [{"name": "n", "parameters": {"binary_data": True}}, {"name": "y"}]
    answer, behind = parts(infer(client, tensor([1.5]), outputs=wanted))
    assert answer["outputs"][1]["data"] == [3]
    assert behind == (1).to_bytes(8, "little")


def test_infinity_and_nan_pass_in_binary(client: FlaskClient) -> None:
    data = np.array([[np.inf, np.nan]], "<f4").tobytes()
    _, behind = parts(
        infer_binary(client, [x(8, [1, 2])], data, outputs=[{"name": "y", "parameters": {"binary_data": True}}])
    )

    assert behind == data


def test_the_data_of_several_inputs_stand_in_their_order() -> None:
    class Two:
        waiting = 0
        inputs = (TensorSpec("a", (-1,), np.dtype(np.int16)), TensorSpec("b", (-1,), np.dtype(np.bool_)))
        outputs = (TensorSpec("a", (-1,), np.dtype(np.int16)), TensorSpec("b", (-1,), np.dtype(np.bool_)))

        def __call__(self, tensors: Any) -> Any:
            return tensors

    b = {"name": "b", "shape": [3], "datatype": "BOOL", "parameters": {"binary_data_size": 3}}
    a = {"name": "a", "shape": [2], "datatype": "INT16", "parameters": {"binary_data_size": 4}}
    client = client_of(Two())
    answer = infer_binary(client, [b, a], b"\1\0\1" + b"\1\0\xff\xff").json
    assert answer is not None
    assert [one["data"] for one in answer["outputs"]] == [[1, -1], [True, False, True]]

    mixed = infer_binary(client, [{**b, "parameters": {}, "data": [False] * 3}, a], b"\2\0\3\0").json
    assert mixed is not None
    assert [one["data"] for one in mixed["outputs"]] == [[2, 3], [False] * 3]

    assert "input 'b' is missing" in said(infer_binary(client, [a], b"\2\0\3\0"))


@pytest.mark.parametrize("datatype", [name for name in DTYPES if name not in ("BOOL", "BYTES")])
@pytest.mark.parametrize("padding", range(4))
def test_every_number_is_little_endian_wherever_it_starts(datatype: str, padding: int) -> None:
    network = echoing(DTYPES[datatype], 1)
    values = np.array([1, 2, 100], DTYPES[datatype])
    data = values.astype(values.dtype.newbyteorder("<")).tobytes()
    answer, behind = parts(
        infer_binary(
            client_of(network), [x(len(data), [3], datatype)], data,
            id="i" * padding, outputs=[{"name": "y", "parameters": {"binary_data": True}}],
        )
    )  # fmt: skip

    assert answer["outputs"][0]["datatype"] == datatype
    assert behind == data
    assert network.seen[0].dtype == values.dtype
    assert network.seen[0].flags.aligned
    assert network.seen[0].tolist() == values.tolist()


def packed(*elements: bytes) -> bytes:
    return b"".join(len(one).to_bytes(4, "little") + one for one in elements)


def test_bytes_have_their_length_in_front() -> None:
    network = echoing(np.object_, 2)
    data = packed(b"", b"\0\xff\0", b"a", b"bc")
    answer, behind = parts(
        infer_binary(client_of(network), [x(len(data), [2, 2], "BYTES")], data, parameters={"binary_data_output": True})
    )

    assert network.seen[0].tolist() == [[b"", b"\0\xff\0"], [b"a", b"bc"]]
    assert answer["outputs"][0]["parameters"] == {"binary_data_size": len(data)}
    assert behind[: len(data)] == data


def test_an_encoded_file_needs_no_base64(client: FlaskClient) -> None:
    data = packed(picture(), picture(50))
    image = {"name": "image", "shape": [2], "datatype": "BYTES", "parameters": {"binary_data_size": len(data)}}
    answer, behind = parts(
        infer_binary(client, [image], data, parameters={"binary_data_output": True, "threshold": 20})
    )

    assert answer["outputs"][0]["shape"] == [2]
    length = int.from_bytes(behind[:4], "little")
    assert json.loads(behind[4 : 4 + length])["seg_map"] == [[0, 0, 1, 1]] * 3


def test_the_header_may_say_that_everything_is_json(client: FlaskClient) -> None:
    assert infer_binary(client, [tensor([1])], b"").status_code == 200


@pytest.mark.parametrize(
    ("inputs", "binary", "words"),
    [
        ([x(16, [2, 2])], b"\0" * 15, "15 bytes are left behind the JSON"),
        ([x(16, [2, 2])], b"\0" * 17, "1 bytes are left over"),
        ([x(16, [2, 2])], b"", "0 bytes are left"),
        ([x(15, [2, 2])], b"\0" * 15, "takes 16 bytes"),
        ([x(0, [2, 2])], b"", "takes 16 bytes"),
        ([x(16, [2**40, 2**40])], b"\0" * 16, "takes"),
        ([x(-1, [2, 2])], b"\0" * 16, "must be the number of its bytes"),
        ([x(True, [1, 1])], b"\0" * 4, "must be the number of its bytes"),
        ([x("16", [2, 2])], b"\0" * 16, "must be the number of its bytes"),
        ([x(16.0, [2, 2])], b"\0" * 16, "must be the number of its bytes"),
        ([x(2**64, [2, 2])], b"\0" * 16, "must be the number of its bytes"),
        ([x(2**63, [2, 2])], b"\0" * 16, "bytes are left"),
        ([x(None, [2, 2])], b"\0" * 16, "has no data"),
        ([x(16, [2, 2], data=[1, 2, 3, 4])], b"\0" * 16, "both"),
        ([x(16, [2, 2]), x(16, [2, 2])], b"\0" * 32, "more than once"),
        ([tensor([1])], b"\0", "1 bytes are left over"),
    ],
)  # fmt: skip
def test_sizes_that_do_not_match(client: FlaskClient, network: Network, inputs: Any, binary: bytes, words: str) -> None:
    assert words in said(infer_binary(client, inputs, binary))
    assert not network.seen


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e2", "0x10", "five", "٣", "9" * 18, "9" * 5000, "0", "3", " "])
def test_a_header_that_is_no_length_of_the_json(client: FlaskClient, length: str) -> None:
    said(client.post(INFER, data=b'{"inputs": []}', headers={HEADER: length.encode().decode("latin-1")}))


def test_the_message_names_the_header_where_it_is_missing(client: FlaskClient) -> None:
    response = client.post(INFER, json={"inputs": [x(16, [2, 2])]})

    assert HEADER in said(response)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\1\0\0", "can't hold so many"),
        (packed(b"a"), "can't hold so many"),
        (packed(b"abcd"), "the binary data holds 1"),
        (packed(b"a", b"b", b"c"), "the binary data holds more"),
        (packed(b"a", b"b") + b"\0", "holds more|left over"),
        (packed(b"abcd") + b"\0", "left over"),
        (packed(b"a") + b"\xff\xff\xff\xff", "says it has 4294967295 bytes, 0 are left"),
        (b"\0\0\0\1" + b"abcd", "the element at byte 0"),
    ],
)
def test_bytes_whose_lengths_do_not_match(data: bytes, words: str) -> None:
    message = said(infer_binary(client_of(echoing(np.object_, 1)), [x(len(data), [2], "BYTES")], data))

    assert any(one in message for one in words.split("|"))


def test_more_elements_are_announced_than_the_data_can_have() -> None:
    client = client_of(echoing(np.object_, 1))

    assert "can't hold so many" in said(infer_binary(client, [x(8, [2**62], "BYTES")], packed(b"", b"")))


def test_a_bool_is_0_or_1() -> None:
    assert "0 or 1" in said(infer_binary(client_of(echoing(np.bool_, 1)), [x(2, [2], "BOOL")], b"\1\2"))


def test_too_many_files_are_413_before_they_are_taken_apart(client: FlaskClient) -> None:
    image = {"name": "image", "shape": [100_000], "datatype": "BYTES", "parameters": {"binary_data_size": 400_000}}

    assert "at most 16" in said(infer_binary(client, [image], packed(*[b""] * 100_000)), 413)


def test_a_tensor_of_any_size_is_413_where_what_a_network_makes_of_it_would_fill_the_memory() -> None:
    client = client_of(echoing(np.uint8, 2))

    assert "at most 4000000" in said(
        infer_binary(client, [x(4_002_000, [2_001, 2_000], "UINT8")], bytes(4_002_000)), 413
    )
    assert infer_binary(client, [x(4_000_000, [2_000, 2_000], "UINT8")], bytes(4_000_000)).status_code == 200


def test_a_batch_is_taken_however_large_the_size_that_the_network_wants() -> None:
    client = client_of(doubling(np.uint8, (-1, 500_000)))

    assert infer_binary(client, [x(8_000_000, [16, 500_000], "UINT8")], bytes(8_000_000)).status_code == 200
    said(infer_binary(client, [x(8_500_000, [17, 500_000], "UINT8")], bytes(8_500_000)), 413)
