"""Answers as JSON, quickly, and never with a number that JSON doesn't have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson


class NotFinite(ValueError):
    """The pipeline answered with NaN or infinity: a defect of the pipeline."""


def to_json(answer: Any) -> bytes:
    """JSON of nested dicts, lists and numpy arrays.

    Raises:
        NotFinite: A number in it is NaN or infinite.
    """
    _check(answer)
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def _check(value: Any) -> None:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotFinite(f"the pipeline answered with {value}")
    elif isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            raise NotFinite("the pipeline answered with NaN or infinity")
    elif isinstance(value, Mapping):
        for part in value.values():
            _check(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part)
