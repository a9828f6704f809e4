"""An inference request: JSON, perhaps with binary tensors behind it, held to what the model takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from modelyard.errors import BadInput
from modelyard.serving.inference_protocol import binary_data, json_data
from modelyard.serving.inference_protocol.datatypes import BYTES, datatype_of, names
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.serving.inference_protocol.signature import MOST_FILES, Signature, Way
from modelyard.tensors import Array, Tensors, TensorSpec

_MOST_VALUES = 4_000_000
_MOST_AXES = 32
_MOST_SHOWN = 8

_UNSERVED = {
    "classification": "classification",
    "shared_memory_region": "shared memory",
    "shared_memory_byte_size": "shared memory",
    "shared_memory_offset": "shared memory",
}
"""Parameters of extensions that this server lacks, and that would change what a tensor means."""


@dataclass(frozen=True)
class WantedOutput:
    """An output to answer with.

    Attributes:
        name: Its name in the model's signature.
        binary: Whether as bytes behind the JSON.
    """

    name: str
    binary: bool


@dataclass(frozen=True)
class InferenceRequest:
    """What a client asks.

    Attributes:
        id: What to name in the answer, if it was given.
        parameters: Those of the request, not those of its tensors.
        way: Whom it asks.
        tensors: The inputs of that way, all of them.
        outputs: Those to answer with, in this order.
    """

    id: str | None
    parameters: Mapping[str, Any]
    way: Way
    tensors: Tensors
    outputs: tuple[WantedOutput, ...]


def read(body: bytes, header_length: str | None, signature: Signature) -> InferenceRequest:
    """The request that a body holds.

    Args:
        body: The body of the HTTP request.
        header_length: What the header Inference-Header-Content-Length says, if there is one.
        signature: What the model takes.

    Raises:
        BadInput: It is no inference request, or none that this model takes.
    """
    text, binary = binary_data.split(body, header_length)
    document = _parsed(text)
    parameters = _parameters(document, "the request")
    inputs = _named(document, "input")
    way = signature.way([name for name, _ in inputs])
    outputs = _outputs(document, way, _flag(parameters, "binary_data_output", "the request") or False)
    specs = {spec.name: spec for spec in way.inputs}
    tensors: Tensors = {}
    for name, given in inputs:
        tensors[name], binary = _tensor(given, specs[name], way.most, binary)
    if binary:
        raise BadInput(f"{len(binary)} bytes are left over behind the last input: each input says its binary_data_size")
    return InferenceRequest(_id(document), parameters, way, tensors, outputs)


def _parsed(text: bytes) -> dict[str, Any]:
    if not text.strip():
        raise BadInput('the request holds no JSON: send an object with `inputs`, such as {"inputs": [{"name": …}]}')
    # A value of three characters takes some 80 bytes of memory once it is read.
    if len(text) > _MOST_VALUES and text.count(b",") + text.count(b"[") + text.count(b"{") > _MOST_VALUES:
        raise BadInput(f"the JSON has more than {_MOST_VALUES:,} values: send the tensors as binary data", code=413)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the JSON of the request can't be read: {str(error)[:100]}") from None
    if not isinstance(document, dict):
        raise BadInput("the JSON of the request must be an object with `inputs`")
    return document


def _id(document: Mapping[str, Any]) -> str | None:
    given = document.get("id")
    if given is not None and not isinstance(given, str):
        raise BadInput("`id` of the request must be text")
    return given


def _parameters(owner: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    given = owner.get("parameters")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadInput(f"{where}: `parameters` must be an object")
    return given


def _tensor_parameters(owner: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    parameters = _parameters(owner, where)
    for name, extension in _UNSERVED.items():
        if name in parameters:
            raise BadInput(f"{where}: this server has no {extension} extension; GET /v2 lists those it has")
    return parameters


def _flag(parameters: Mapping[str, Any], name: str, where: str) -> bool | None:
    given = parameters.get(name)
    if given is not None and not isinstance(given, bool):
        raise BadInput(f"{where}: parameter {name!r} must be true or false")
    return given


def _named(document: Mapping[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The entries of `inputs` or `outputs`, with their names."""
    given = document.get(f"{kind}s")
    if not isinstance(given, list):
        said = f"the request has no list `{kind}s`" if given is None else f"`{kind}s` must be a list"
        raise BadInput(f"{said}: send objects with a `name` in it")
    for number, one in enumerate(given):
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise BadInput(f"{kind} {number}: it must be an object with a `name`")
    return [(one["name"], one) for one in given]


def _outputs(document: Mapping[str, Any], way: Way, binary: bool) -> tuple[WantedOutput, ...]:
    names = [spec.name for spec in way.outputs]
    asked = _named(document, "output") if document.get("outputs") is not None else []
    wanted: dict[str, WantedOutput] = {}
    for name, given in asked:
        where = f"output {quoted(name)}"
        if name not in names:
            raise BadInput(f"{where} is unknown: for these inputs there are {', '.join(map(quoted, names))}")
        if name in wanted:
            raise BadInput(f"{where} is asked for more than once: ask once")
        flag = _flag(_tensor_parameters(given, where), "binary_data", where)
        wanted[name] = WantedOutput(name, binary if flag is None else flag)
    return tuple(wanted.values()) or tuple(WantedOutput(name, binary) for name in names)


def _tensor(given: Mapping[str, Any], spec: TensorSpec, most: int, binary: memoryview) -> tuple[Array, memoryview]:
    """The tensor of one input, and the bytes that are left for the inputs behind it."""
    where = f"input {quoted(spec.name)}"
    datatype = _datatype(given, spec, where)
    shape = _shape(given, spec, where)
    parameters = _tensor_parameters(given, where)
    size = parameters.get("binary_data_size")
    if size is not None:
        if "data" in given:
            raise BadInput(f"{where} has both `data` and a binary_data_size: send one of them")
        if type(size) is not int or size < 0:
            raise BadInput(f"{where}: binary_data_size must be the number of its bytes")
        if size > len(binary):
            raise BadInput(
                f"{where}: binary_data_size is {size}, {len(binary)} bytes are left behind the JSON; "
                f"the header {binary_data.HEADER} says where it ends"
            )
        room = binary_data.most_elements(size) if datatype == BYTES else size // spec.dtype.itemsize
        _refuse_many(shape, room, _most(spec, most), where)
        return binary_data.decode(binary[:size], shape, spec.dtype, where), binary[size:]
    if "data" not in given:
        raise BadInput(f"{where} has no data: send `data`, or binary data and its binary_data_size")
    data = given["data"]
    if datatype == BYTES and isinstance(data, list):
        _refuse_many(shape, len(data), most, where)
    tensor = json_data.decode(data, shape, spec.dtype, datatype, where)
    if datatype == BYTES and parameters.get("content_type") == "base64":
        tensor = json_data.decode_base64(tensor, where)
    return tensor, binary


def _most(spec: TensorSpec, most: int) -> int:
    """Elements that an input may have: a batch of what has a fixed size is taken, however large that is."""
    return max(most, MOST_FILES * math.prod(size for size in spec.shape if size > 0))


def _refuse_many(shape: tuple[int, ...], room: int, most: int, where: str) -> None:
    """A tensor of too many elements; one whose data has no room for them is another fault, and told by who reads it."""
    count = math.prod(shape)
    if most < count <= room:
        raise BadInput(f"{where} has {count} elements: send at most {most} at a time", code=413)


def _datatype(given: Mapping[str, Any], spec: TensorSpec, where: str) -> str:
    datatype = given.get("datatype")
    wanted = datatype_of(spec.dtype)
    if not isinstance(datatype, str) or datatype not in names():
        raise BadInput(f"{where}: `datatype` must be one of {', '.join(names())}")
    if datatype != wanted:
        raise BadInput(f"{where} is {datatype}: this model takes {wanted} there")
    return datatype


def _shape(given: Mapping[str, Any], spec: TensorSpec, where: str) -> tuple[int, ...]:
    shape = given.get("shape")
    if not isinstance(shape, list):
        raise BadInput(f"{where}: `shape` must be a list of whole numbers")
    if len(shape) > _MOST_AXES:
        raise BadInput(f"{where}: `shape` has {len(shape)} axes, this model takes {len(spec.shape)}")
    for axis, size in enumerate(shape):
        if type(size) is not int or not 1 <= size < 2**63:
            raise BadInput(f"{where}: axis {axis} of `shape` must be a whole number from 1 to {2**63 - 1}")
    if len(shape) != len(spec.shape) or any(
        want not in (-1, have) for want, have in zip(spec.shape, shape, strict=True)
    ):
        shown = shape if len(shape) <= _MOST_SHOWN else f"of {len(shape)} axes"
        raise BadInput(f"{where} has shape {shown}: this model takes {list(spec.shape)}, -1 being any size")
    return tuple(shape)
