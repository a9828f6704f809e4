"""weightsManifest: which weights a TensorFlow.js model has and which shards hold them, checked."""

from __future__ import annotations

import math
import reprlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConversionError

STRING = "string"
MOST_DIMENSIONS = 32

STORED_TYPES = {
    "bool": "|u1",
    "int8": "|i1",
    "uint8": "|u1",
    "int16": "<i2",
    "uint16": "<u2",
    "int32": "<i4",
    "int64": "<i8",
    "float16": "<f2",
    "float32": "<f4",
    "float64": "<f8",
    "complex64": "<c8",
}
"""How the values of each dtype stand in a shard, in numpy's notation; strings have a form of their own."""

QUANTIZED_TYPES = {"uint8": ("float32", "int32"), "uint16": ("float32", "int32"), "float16": ("float32",)}
"""What may be quantised to each dtype."""


@dataclass(frozen=True)
class Quantization:
    """The value of a stored number q is q · scale + minimum; float16 is only narrower: 1 and 0."""

    dtype: str
    scale: float
    minimum: float


@dataclass(frozen=True)
class Weight:
    """One weight as the manifest describes it."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None

    @property
    def count(self) -> int:
        """How many values it has."""
        return math.prod(self.shape)

    @property
    def stored_type(self) -> str:
        """The type of its values in a shard, in numpy's notation."""
        return STORED_TYPES[self.quantization.dtype if self.quantization else self.dtype]


@dataclass(frozen=True)
class WeightGroup:
    """Weights that follow each other without a gap in the bytes of the shards, put one behind the other."""

    shards: tuple[str, ...]
    weights: tuple[Weight, ...]


def parse_manifest(value: object, where: Path) -> tuple[WeightGroup, ...]:
    """Reads the weightsManifest of the model.json at `where`.

    Raises:
        ConversionError: It is not what TF.js writes; the message names the entry.
    """
    if not isinstance(value, list):
        raise ConversionError(f"{where}: weightsManifest has to be a list: is it a TF.js model?")
    groups = tuple(_group(item, f"{where}: weightsManifest[{index}]") for index, item in enumerate(value))
    seen: set[str] = set()
    for weight in (weight for group in groups for weight in group.weights):
        if weight.name in seen:
            raise ConversionError(f"{where}: weightsManifest lists the weight {weight.name!r} twice: export it again")
        seen.add(weight.name)
    return groups


def _group(value: object, where: str) -> WeightGroup:
    if not isinstance(value, dict):
        raise _refusal(where, "be an object with paths and weights", value)
    paths, weights = value.get("paths"), value.get("weights")
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise _refusal(f"{where}.paths", "be a list of file names", paths)
    if not isinstance(weights, list):
        raise _refusal(f"{where}.weights", "be a list", weights)
    return WeightGroup(
        tuple(paths), tuple(_weight(item, f"{where}.weights[{index}]") for index, item in enumerate(weights))
    )


def _weight(value: object, where: str) -> Weight:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"]:
        raise _refusal(where, "be an object with a name", value)
    where = f"{where} ({value['name']})"
    shape, dtype, quantization = value.get("shape"), value.get("dtype"), value.get("quantization")
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS or not all(map(_is_size, shape)):
        raise _refusal(f"{where}.shape", f"be a list of at most {MOST_DIMENSIONS} sizes from 0 to 2³¹-1", shape)
    if not isinstance(dtype, str) or dtype not in (*STORED_TYPES, STRING):
        raise _refusal(f"{where}.dtype", f"be one of {', '.join((*STORED_TYPES, STRING))}", dtype)
    parsed = None if quantization is None else _quantization(quantization, dtype, f"{where}.quantization")
    return Weight(value["name"], tuple(shape), dtype, parsed)


def _quantization(value: Any, dtype: str, where: str) -> Quantization:
    stored = value.get("dtype") if isinstance(value, dict) else None
    if not isinstance(stored, str) or stored not in QUANTIZED_TYPES:
        raise _refusal(where, f"have a dtype of {', '.join(QUANTIZED_TYPES)}", value)
    if dtype not in QUANTIZED_TYPES[stored]:
        raise _refusal(f"{where}.dtype", f"quantise {' or '.join(QUANTIZED_TYPES[stored])}, not {dtype}", stored)
    if stored == "float16":
        return Quantization(stored, 1.0, 0.0)
    if not _is_finite(value.get("scale")) or not _is_finite(value.get("min")):
        raise _refusal(where, "have the finite numbers scale and min", value)
    return Quantization(stored, float(value["scale"]), float(value["min"]))


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 2**1023 and math.isfinite(value)


def _refusal(where: str, rule: str, value: object) -> ConversionError:
    return ConversionError(f"{where} has to {rule}, and is {reprlib.repr(value)}: export the model again")
