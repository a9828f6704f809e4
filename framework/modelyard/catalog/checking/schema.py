"""Whether an answer has the form that its task declares: the part of JSON Schema that Swagger 2.0 knows.

An image is held to dozens of answers, such as maps of 513 × 513 classes: jsonschema takes 0.9 s for one. So a list of
numbers is looked at as a whole, and each of them only where something is wrong.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_ANNOTATIONS = frozenset(("description", "example", "title", "format"))
_DEEPEST = 40
_SHOWN = 60

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: type(value) is int or (isinstance(value, float) and math.isfinite(value)),
    "boolean": lambda value: isinstance(value, bool),
}

_PLAIN: Mapping[str, set[type]] = {"integer": {int}, "number": {int, float}}

# What is wrong with a value by each word of a schema that says something about it alone.
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "minItems": lambda value, bound: len(value) >= bound,
    "maxItems": lambda value, bound: len(value) <= bound,
    "minLength": lambda value, bound: len(value) >= bound,
    "maxLength": lambda value, bound: len(value) <= bound,
    "enum": lambda value, bound: value in bound,
}
_NULLABLE = "x-nullable"
"""What Swagger 2.0 has instead of a type `null`."""
_STRUCTURE = frozenset(("type", "items", "properties", "required", "additionalProperties", _NULLABLE))

WORDS = _ANNOTATIONS | _STRUCTURE | _BOUNDS.keys()
"""The words of a schema that are understood here; a test holds every task's to them."""


def of_answer(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a whole answer, of the fields that a task declares."""
    return {"type": "object", "required": ["status", *fields], "properties": {"status": {"enum": ["ok"]}, **fields}}


def faults(value: Any, schema: Mapping[str, Any], where: str = "", depth: int = 0) -> Iterator[str]:
    """What is wrong with a value, a line each; nothing where it has the form.

    Args:
        value: What JSON held.
        schema: What it must be.
        where: Its place in the answer, such as `predictions[2].label`.
        depth: How deep that is.
    """
    at = where or "the answer"
    wanted = schema.get("type")
    if value is None and schema.get(_NULLABLE):
        return
    if depth > _DEEPEST:
        yield f"{at} is nested too deeply"
        return
    if wanted and not _TYPES[wanted](value):
        yield f"{at} is {repr(value)[:_SHOWN]}, no {wanted}"
        return
    for word, holds in _BOUNDS.items():
        if word in schema and not holds(value, schema[word]):
            yield f"{at} is {repr(value)[:_SHOWN]}, against {word} {schema[word]!r}"
    if schema.get("format") == "byte":
        yield from _no_base64(value, at)
    if isinstance(value, dict):
        yield from _in_object(value, schema, where, depth)
    elif isinstance(value, list) and "items" in schema and not (depth < _DEEPEST and _all_good(value, schema["items"])):
        for number, one in enumerate(value):
            yield from faults(one, schema["items"], f"{where}[{number}]", depth + 1)


def _all_good(numbers: list[Any], schema: Mapping[str, Any]) -> bool:
    """Whether a list is seen at once to hold numbers that are all as the schema of each has them."""
    wanted = schema.get("type", "")
    if wanted not in _PLAIN or not (_ANNOTATIONS | {"type", "minimum", "maximum"}).issuperset(schema):
        return False
    kinds = set(map(type, numbers))
    if not kinds <= _PLAIN[wanted] or (float in kinds and not all(_TYPES["number"](one) for one in numbers)):
        return False
    return not numbers or all(
        word not in schema or _BOUNDS[word](extreme(numbers), schema[word])
        for word, extreme in (("minimum", min), ("maximum", max))
    )


def _in_object(value: Mapping[str, Any], schema: Mapping[str, Any], where: str, depth: int) -> Iterator[str]:
    prefix = f"{where}." if where else ""
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{prefix}{name} is missing"
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in known:
            yield from faults(one, known[name], prefix + name, depth + 1)
        elif other is False:
            yield f"{prefix}{name} is not in the schema"
        elif isinstance(other, Mapping):
            yield from faults(one, other, prefix + name, depth + 1)


def _no_base64(value: str, at: str) -> Iterator[str]:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        yield f"{at} is no base64"
