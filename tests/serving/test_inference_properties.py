"""The Open Inference Protocol, whatever is sent: a tensor comes back equal, and nothing makes a 5xx."""

from __future__ import annotations

import base64
import copy
import functools
import json
import math
from typing import Any

import numpy as np
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from tests.serving.asking import DTYPES, HEADER, INFER, client_of, doubling, echoing, picture

from modelyard.tensors import Array

_NUMBERS = [name for name in DTYPES if name != "BYTES"]
_SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, max_side=5)


@functools.cache
def echo(datatype: str, rank: int) -> FlaskClient:
    return client_of(echoing(DTYPES[datatype], rank))


@functools.cache
def doubled() -> FlaskClient:
    return client_of(doubling())


def ask(datatype: str, value: Array, data: Any, binary: bool) -> Array:
    """Sends `data` for a tensor, and gives the tensor that comes back, asked for in JSON or in binary."""
    outputs = [{"name": "y", "parameters": {"binary_data": binary}}]
    one: dict[str, Any] = {"name": "x", "shape": list(value.shape), "datatype": datatype}
    behind = b""
    if isinstance(data, bytes):
        one["parameters"], behind = {"binary_data_size": len(data)}, data
    else:
        one["data"] = data
    body = json.dumps({"inputs": [one], "outputs": outputs}).encode()
    response = echo(datatype, value.ndim).post(INFER, data=body + behind, headers={HEADER: str(len(body))})
    assert response.status_code == 200, response.text[:500]
    length = int(response.headers.get(HEADER, len(response.data)))
    (output,) = json.loads(response.data[:length])["outputs"]
    assert output["datatype"] == datatype
    assert output["shape"] == list(value.shape)
    if binary:
        assert output["parameters"]["binary_data_size"] == len(response.data) - length
        return decoded(response.data[length:], datatype).reshape(value.shape)
    values = [one.encode() for one in output["data"]] if datatype == "BYTES" else output["data"]
    return np.array(values, DTYPES[datatype]).reshape(value.shape)


def encoded(value: Array) -> bytes:
    """A tensor as the specification describes its bytes."""
    if value.dtype == np.object_:
        return b"".join(len(one).to_bytes(4, "little") + one for one in value.flat)
    return value.astype(value.dtype.newbyteorder("<")).tobytes()


def decoded(data: bytes, datatype: str) -> Array:
    """A flat tensor from such bytes."""
    if datatype != "BYTES":
        return np.frombuffer(data, np.dtype(DTYPES[datatype]).newbyteorder("<"))
    found = []
    while data:
        length = int.from_bytes(data[:4], "little")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return np.array([*found, None], np.object_)[:-1]


def tensors(datatype: str, finite: bool) -> st.SearchStrategy[Array]:
    dtype = np.dtype(DTYPES[datatype])
    elements: dict[str, Any] = {"allow_nan": False, "allow_infinity": False} if finite and dtype.kind == "f" else {}
    return arrays.arrays(dtype, _SHAPES, elements=elements)


@st.composite
def texts(draw: st.DrawFn, element: st.SearchStrategy[bytes]) -> Array:
    shape = draw(_SHAPES)
    size = math.prod(shape)
    value = np.empty(size, np.object_)
    value[:] = draw(st.lists(element, min_size=size, max_size=size))
    return value.reshape(shape)


@given(st.data(), st.sampled_from(_NUMBERS), st.booleans(), st.booleans())
def test_numbers_in_json_come_back_equal(data: st.DataObject, datatype: str, nested: bool, binary: bool) -> None:
    value = data.draw(tensors(datatype, finite=True))
    sent = value.tolist() if nested and value.ndim else value.ravel().tolist()

    back = ask(datatype, value, sent, binary)

    assert encoded(back) == encoded(value)


@given(st.data(), st.sampled_from(_NUMBERS))
def test_numbers_in_binary_come_back_bit_by_bit(data: st.DataObject, datatype: str) -> None:
    value = data.draw(tensors(datatype, finite=False))

    back = ask(datatype, value, encoded(value), binary=True)

    assert encoded(back) == encoded(value)


@given(texts(st.text(st.characters(codec="utf-8")).map(str.encode)), st.booleans(), st.booleans())
def test_texts_come_back_equal(value: Array, in_binary: bool, out_binary: bool) -> None:
    sent = encoded(value) if in_binary else [one.decode() for one in value.flat]

    back = ask("BYTES", value, sent, out_binary)

    assert back.tolist() == value.tolist()


@given(texts(st.binary()))
def test_bytes_come_back_equal(value: Array) -> None:
    assert ask("BYTES", value, encoded(value), binary=True).tolist() == value.tolist()


def held(body: bytes, headers: dict[str, str]) -> None:
    """Whatever was sent: an answer, or an error of the client's in the protocol's shape."""
    response = doubled().post(INFER, data=body, headers=headers)
    assert response.status_code < 500, response.text[:500]
    if response.status_code != 200:
        assert list(json.loads(response.data)) == ["error"]
        assert len(response.data) < 3_000


@given(
    st.binary(),
    st.none() | st.integers(0, 40).map(str) | st.text(st.characters(codec="latin-1", categories=["L", "N"])),
)
@example(b"[" * 200_000, None)
@example(b'{"inputs":' * 50_000, "500000")
def test_no_bytes_make_a_5xx(body: bytes, length: str | None) -> None:
    held(body, {} if length is None else {HEADER: length})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=5), parts, max_size=3),
    max_leaves=8,
)
_TENSOR = {"name": "x", "shape": [2, 2], "datatype": "FP32", "parameters": {}, "data": [[1, 2.5], [-3, 1e3]]}
_FILE = {
    "name": "image", "shape": [1], "datatype": "BYTES", "parameters": {"content_type": "base64"},
    "data": [base64.b64encode(picture()).decode()],
}  # fmt: skip
_REQUESTS: list[Any] = [
    {"id": "1", "parameters": {"binary_data_output": True}, "inputs": [_TENSOR]},
    {"inputs": [_TENSOR], "outputs": [{"name": "y", "parameters": {"binary_data": False}}, {"name": "n"}]},
    {"inputs": [{**_TENSOR, "data": [1, 2, 3, 4]}]},
    {"parameters": {"threshold": 20}, "inputs": [_FILE], "outputs": [{"name": "prediction"}]},
]


def places(part: Any) -> list[tuple[Any, Any]]:
    """Everything in a JSON document that can be replaced: what holds it, and its key there."""
    keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
    return [(part, key) for key in keys] + [place for key in keys for place in places(part[key])]


@st.composite
def nearly_requests(draw: st.DrawFn) -> Any:
    """A good request with something in it replaced, removed or repeated."""
    document = copy.deepcopy(draw(st.sampled_from(_REQUESTS)))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(places(document)))
        match draw(st.sampled_from(["replace", "number", "remove", "repeat"])):
            case "replace":
                holder[key] = draw(_JSON)
            case "number":
                holder[key] = draw(st.integers(-1, 5) | st.floats())
            case "remove":
                del holder[key]
            case "repeat" if isinstance(holder, list):
                holder.append(holder[key])
        if not places(document):
            break
    return document


@settings(max_examples=400)
@given(nearly_requests() | _JSON, st.just(b"") | st.binary(max_size=20), st.just(0) | st.integers(-1, 1))
@example({"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP32", "data": [3e38]}]}, b"", 0)
@example({"inputs": [{"name": "image", "shape": [1], "datatype": "BYTES", "data": ["GIF89a"]}]}, b"", 0)
def test_no_json_makes_a_5xx(document: Any, behind: bytes, off: int) -> None:
    text = json.dumps(document).encode()
    held(text + behind, {HEADER: str(len(text) + off)} if behind else {})


@given(st.lists(st.integers(0, 3), min_size=2, max_size=2), st.binary(max_size=40), st.integers(0, 40))
def test_no_binary_data_makes_a_5xx(shape: list[int], behind: bytes, size: int) -> None:
    one = {"name": "x", "shape": shape, "datatype": "FP32", "parameters": {"binary_data_size": size}}
    text = json.dumps({"inputs": [one]}).encode()
    held(text + behind, {HEADER: str(len(text))})
