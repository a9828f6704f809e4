"""Tensors from the numbers and texts of a JSON request, and back.

JSON that says anything but what the datatype takes is refused, never converted: no `true` for 1, no 1.0 for an
integer, nothing that overflows.
"""

from __future__ import annotations

import base64
import binascii
import math
from itertools import chain
from typing import Any

import numpy as np

from modelyard.errors import BadInput
from modelyard.serving.inference_protocol.datatypes import BYTES
from modelyard.tensors import Array

_TAKEN: dict[str, tuple[set[type], str]] = {
    "b": ({bool}, "true and false"),
    "i": ({int}, "whole numbers"),
    "u": ({int}, "whole numbers"),
    "f": ({int, float}, "numbers"),
    "O": ({str}, "texts"),
}
_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number with a fraction or an exponent, or one beyond 64 bits",
    str: "a text",
    type(None): "null",
    list: "a list",
    dict: "an object",
}


def decode(data: Any, shape: tuple[int, ...], dtype: np.dtype[Any], datatype: str, where: str) -> Array:
    """The tensor that a list of values makes, flat in row-major order or nested as the shape says.

    Args:
        data: What JSON held.
        shape: Sizes of the axes, each 1 or more.
        dtype: The numpy type of the datatype.
        datatype: The protocol's name of the type, for errors.
        where: Which input this is, for errors.

    Raises:
        BadInput: The values are not as many as the shape says, or not what the datatype takes.
    """
    if not isinstance(data, list):
        raise BadInput(f"{where}: `data` must be a list of values, flat or nested as the shape says")
    values = _flat(data, shape, where)
    taken, words = _TAKEN[dtype.kind]
    wrong = set(map(type, values)) - taken
    if wrong:
        raise BadInput(f"{where}: `data` holds {_WORDS[wrong.pop()]}, {datatype} takes {words}")
    return _array(values, dtype, datatype, where).reshape(shape)


def decode_base64(tensor: Array, where: str) -> Array:
    """The bytes that texts of base64 stand for.

    Raises:
        BadInput: One of them is no base64.
    """
    decoded = np.empty(tensor.size, np.object_)
    for number, text in enumerate(tensor.flat):
        try:
            decoded[number] = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise BadInput(f"{where}: element {number} of `data` is no base64: encode the bytes of the file") from None
    return decoded.reshape(tensor.shape)


def encode(tensor: Array, where: str) -> Any:
    """The values of a tensor, flat in row-major order, as orjson takes them.

    Raises:
        BadInput: JSON can't hold them.
    """
    if tensor.dtype == np.object_:
        try:
            return [value if isinstance(value, str) else value.decode() for value in tensor.flat]
        except UnicodeDecodeError:
            raise _not_json(where, "bytes that are no UTF-8 text") from None
    if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
        raise _not_json(where, "NaN or infinity")
    return np.ascontiguousarray(tensor).reshape(-1)


def _flat(data: list[Any], shape: tuple[int, ...], where: str) -> list[Any]:
    """The values in row-major order; what the shape says is only believed after they were counted."""
    if not (data and type(data[0]) is list):
        if len(data) != math.prod(shape):
            raise BadInput(f"{where}: `data` has {len(data)} values, shape {list(shape)} takes {math.prod(shape)}")
        return data
    level = [data]
    for axis, size in enumerate(shape):
        if set(map(type, level)) != {list}:
            raise BadInput(f"{where}: `data` is nested less deeply than shape {list(shape)} says")
        if set(map(len, level)) != {size}:
            raise BadInput(
                f"{where}: `data` doesn't match shape {list(shape)}: axis {axis} must have {size} everywhere"
            )
        level = list(chain.from_iterable(level))
    return level


def _array(values: list[Any], dtype: np.dtype[Any], datatype: str, where: str) -> Array:
    if datatype == BYTES:
        texts = np.empty(len(values), np.object_)
        texts[:] = [text.encode() for text in values]
        return texts
    try:
        # What doesn't fit a float becomes infinite, which JSON itself can't say.
        with np.errstate(over="ignore"):
            array = np.array(values, dtype)
    except OverflowError:
        bounds = np.iinfo(dtype)
        raise BadInput(f"{where}: a number in `data` is outside {datatype}: {bounds.min} to {bounds.max}") from None
    if dtype.kind == "f" and not np.isfinite(array).all():
        raise BadInput(
            f"{where}: a number in `data` is outside {datatype}: {-_largest(dtype):g} to {_largest(dtype):g}"
        )
    return array


def _largest(dtype: np.dtype[Any]) -> float:
    return float(np.finfo(dtype).max)


def _not_json(where: str, what: str) -> BadInput:
    return BadInput(
        f"{where} holds {what}, which JSON can't say: ask for it as binary, with "
        '"parameters": {"binary_data": true} on the output'
    )
