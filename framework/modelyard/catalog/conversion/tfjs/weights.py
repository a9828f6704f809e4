"""The values of a TensorFlow.js model's weights, from its shards; numpy is all it takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConversionError
from .manifest import STRING, Weight, WeightGroup

Values = NDArray[Any]

LENGTH_BYTES = 4
"""Each string stands behind its length in bytes, an unsigned little-endian number of this size."""

MOST_BYTES = 2**31 - 1
"""What a TensorFlow graph can hold, so that a model that says more is refused before it is read."""


def read_weights(groups: Sequence[WeightGroup], folder: Path) -> dict[str, Values]:
    """The weights by name, dequantised; those of dtype string are arrays of bytes objects.

    Raises:
        ConversionError: A shard is missing or lies outside the folder, or the sizes don't add up.
    """
    weights: dict[str, Values] = {}
    for group in groups:
        weights |= _read_group(group, folder)
    return weights


def _read_group(group: WeightGroup, folder: Path) -> dict[str, Values]:
    shards = [_shard(name, folder) for name in group.shards]
    sizes = [shard.stat().st_size for shard in shards]
    if sum(sizes) > MOST_BYTES:
        raise ConversionError(f"{folder}: the shards hold {sum(sizes)} bytes, and a graph can hold {MOST_BYTES}")
    content = b"".join(shard.read_bytes() for shard in shards)
    weights: dict[str, Values] = {}
    position = 0
    for weight in group.weights:
        size = stored_size(weight, content, position)
        if position + size > len(content):
            raise ConversionError(_truncated(weight, position, size, shards, sizes))
        weights[weight.name] = decode(weight, content[position : position + size])
        position += size
    if position < len(content):
        raise ConversionError(
            f"{folder}: {_listing(shards, sizes)} hold {len(content)} bytes, but the weights in model.json"
            f" take {position}: they are not of the same export, fetch all of it again"
        )
    return weights


def stored_size(weight: Weight, content: bytes, position: int) -> int:
    """How many bytes a weight takes from a position on; more than there are if it is cut off."""
    if weight.dtype != STRING:
        return weight.count * np.dtype(weight.stored_type).itemsize
    end = position
    smallest = weight.count * LENGTH_BYTES
    if smallest > len(content) - position:
        return smallest
    for _ in range(weight.count):
        end += LENGTH_BYTES + int.from_bytes(content[end : end + LENGTH_BYTES], "little")
        if end > len(content):
            break
    return end - position


def decode(weight: Weight, stored: bytes) -> Values:
    """The values of a weight from exactly its stored bytes, rounded as TF.js rounds them."""
    if weight.dtype == STRING:
        return _shaped(weight, _strings(weight.count, stored))
    values: Values = np.frombuffer(stored, weight.stored_type)
    quantization = weight.quantization
    if quantization is not None and quantization.dtype != "float16":
        values = values.astype(np.float64) * quantization.scale + quantization.minimum
        if weight.dtype == "int32":
            values = np.floor(values + 0.5)  # as JavaScript's Math.round: halves go up
            limits = np.iinfo(np.int32)
            if values.size and not limits.min <= values.min() <= values.max() <= limits.max:
                raise ConversionError(f"The weight {weight.name} does not fit int32 once dequantised: export it again")
    with np.errstate(over="ignore"):  # what float32 can't hold becomes infinite, as in TF.js
        return _shaped(weight, values.astype(weight.dtype))


def _strings(count: int, stored: bytes) -> Values:
    strings = np.empty(count, dtype=object)
    position = 0
    for index in range(count):
        start = position + LENGTH_BYTES
        position = start + int.from_bytes(stored[position:start], "little")
        strings[index] = stored[start:position]
    return strings


def _shaped(weight: Weight, values: Values) -> Values:
    try:
        return values.reshape(weight.shape)
    except ValueError as problem:  # an empty array may have sizes whose product numpy can't count
        raise ConversionError(
            f"The weight {weight.name} can't have the shape {list(weight.shape)}: {problem}"
        ) from problem


def _shard(name: str, folder: Path) -> Path:
    path = folder / name
    try:
        inside, there = path.resolve().is_relative_to(folder.resolve()), path.is_file()
    except (OSError, ValueError) as problem:
        raise ConversionError(f"{folder}: model.json names a shard {name!r}, which is no file name") from problem
    if not inside:
        raise ConversionError(
            f"{folder}: model.json names the shard {name!r}, which lies outside the folder: don't trust it"
        )
    if not there:
        raise ConversionError(f"{path} is missing, and model.json names it as a shard of the weights: fetch it too")
    return path


def _truncated(weight: Weight, position: int, size: int, shards: list[Path], sizes: list[int]) -> str:
    """TF.js cuts shards of one size, but for the last, so that a shorter one before it is the culprit."""
    if not shards:
        return f"model.json lists the weight {weight.name}, but no shard to hold it: export the model again"
    short = next((shard for shard, length in zip(shards[:-1], sizes, strict=False) if length < max(sizes)), shards[-1])
    return (
        f"{short} seems cut off: the weight {weight.name} needs bytes {position} to {position + size}, and"
        f" {_listing(shards, sizes)} end at {sum(sizes)}: fetch it again"
    )


def _listing(shards: list[Path], sizes: list[int], most: int = 4) -> str:
    named = [f"{shard.name} ({size})" for shard, size in zip(shards, sizes, strict=True)]
    return ", ".join(named[:most] + ([f"{len(named) - most} more"] if len(named) > most else []))
