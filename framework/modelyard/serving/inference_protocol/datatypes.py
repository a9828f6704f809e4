"""The protocol's names for the types of elements, and numpy's types."""

from __future__ import annotations

from typing import Any

import numpy as np

BYTES = "BYTES"

_DTYPES: dict[str, np.dtype[Any]] = {
    "BOOL": np.dtype(np.bool_),
    "UINT8": np.dtype(np.uint8),
    "UINT16": np.dtype(np.uint16),
    "UINT32": np.dtype(np.uint32),
    "UINT64": np.dtype(np.uint64),
    "INT8": np.dtype(np.int8),
    "INT16": np.dtype(np.int16),
    "INT32": np.dtype(np.int32),
    "INT64": np.dtype(np.int64),
    "FP16": np.dtype(np.float16),
    "FP32": np.dtype(np.float32),
    "FP64": np.dtype(np.float64),
    BYTES: np.dtype(np.object_),
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


def names() -> list[str]:
    """Every datatype of the protocol."""
    return list(_DTYPES)


def datatype_of(dtype: np.dtype[Any]) -> str | None:
    """The protocol's name of a numpy type; None where it has no name for it. Objects are BYTES."""
    return _NAMES.get(dtype)
