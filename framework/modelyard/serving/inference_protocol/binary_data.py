"""The binary tensor extension: tensors as bytes behind the JSON, little-endian, in row-major order.

A BYTES element is its length, a 4-byte unsigned integer, and then so many bytes.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from modelyard.errors import BadInput
from modelyard.tensors import Array

HEADER = "Inference-Header-Content-Length"
"""The HTTP header that says where the JSON ends."""

_LENGTH = struct.Struct("<I")
_MOST_DIGITS = 18


def split(body: bytes, header: str | None) -> tuple[bytes, memoryview]:
    """The JSON of a request, and what is behind it.

    Args:
        body: The whole body.
        header: What HEADER says; None where the request has none, and the body is JSON only.

    Raises:
        BadInput: The header is no length, or one that the body doesn't have.
    """
    if header is None:
        return body, memoryview(b"")
    if not (header.isascii() and header.isdigit() and len(header) <= _MOST_DIGITS):
        raise BadInput(f"the header {HEADER} must be the length of the JSON in bytes")
    length = int(header)
    if length > len(body):
        raise BadInput(f"the header {HEADER} says {length} bytes of JSON, the whole body has {len(body)}")
    return body[:length], memoryview(body)[length:]


def most_elements(size: int) -> int:
    """How many elements of BYTES so many bytes can hold at most."""
    return size // _LENGTH.size


def decode(data: memoryview, shape: tuple[int, ...], dtype: np.dtype[Any], where: str) -> Array:
    """The tensor that bytes hold; it may share their memory, and then can't be written to.

    Args:
        data: Exactly the bytes of this tensor.
        shape: Sizes of the axes.
        dtype: The numpy type of the elements; objects are BYTES.
        where: Which input this is, for errors.

    Raises:
        BadInput: The bytes are not as many as the shape says.
    """
    count = math.prod(shape)
    if dtype == np.object_:
        return _decode_bytes(data, count, where).reshape(shape)
    if len(data) != count * dtype.itemsize:
        raise BadInput(
            f"{where}: binary_data_size is {len(data)}, shape {list(shape)} takes {count * dtype.itemsize} bytes"
        )
    if dtype == np.bool_ and np.frombuffer(data, np.uint8).max(initial=0) > 1:
        raise BadInput(f"{where}: a BOOL is one byte, 0 or 1; the binary data holds others")
    array = np.frombuffer(data, dtype.newbyteorder("<")).astype(dtype, copy=False)
    # The JSON in front may be of any length; a runtime need not know numbers at odd addresses.
    return np.require(array, requirements="A").reshape(shape)


def encode(tensor: Array) -> bytes:
    """The bytes of a tensor."""
    if tensor.dtype == np.object_:
        elements = (value.encode() if isinstance(value, str) else value for value in tensor.flat)
        return b"".join(part for value in elements for part in (_LENGTH.pack(len(value)), value))
    return tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes()


def _decode_bytes(data: memoryview, count: int, where: str) -> Array:
    # Checked first: what the shape says must not make room for more elements than the data can have.
    if count > most_elements(len(data)):
        raise BadInput(
            f"{where}: the shape says {count} elements, {len(data)} bytes can't hold so many; "
            "in front of each element stand 4 bytes with its length"
        )
    tensor = np.empty(count, np.object_)
    number = 0
    for number, element in enumerate(_elements(data, where), 1):
        if number > count:
            break
        tensor[number - 1] = element
    if number != count:
        raise BadInput(f"{where}: the shape says {count} elements, the binary data holds {_other(number, count)}")
    return tensor


def _elements(data: memoryview, where: str) -> Iterator[bytes]:
    place = 0
    while place < len(data):
        end = place + _LENGTH.size
        if end > len(data):
            raise BadInput(f"{where}: {len(data) - place} bytes are left over behind the last element")
        (length,) = _LENGTH.unpack_from(data, place)
        if length > len(data) - end:
            raise BadInput(
                f"{where}: the element at byte {place} says it has {length} bytes, {len(data) - end} are left; "
                "in front of each element stand 4 bytes with its length, little-endian"
            )
        place = end + length
        yield bytes(data[end:place])


def _other(number: int, count: int) -> str:
    return "more" if number > count else str(number)
