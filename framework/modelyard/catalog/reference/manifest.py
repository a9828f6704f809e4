"""The page of every field of asset.yaml, catalog.yaml and waivers.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.catalog.reference import schema
from modelyard.catalog.reference.markdown import document
from modelyard.catalog.tables import table
from modelyard.manifest.asset import Asset
from modelyard.manifest.catalog import Catalog
from modelyard.manifest.model import Model
from modelyard.manifest.waivers import Waivers

_ONE_LINE = r"^[^\n\r]+$"
_WORDS = {"integer": "whole number", "number": "number", "boolean": "true or false", "null": "nothing"}


def page() -> str:
    """Every field, its type, its default and what it means."""
    return document(
        "# asset.yaml, catalog.yaml and waivers.yaml",
        "They are YAML, read strictly: an unknown key is a mistake, and so is a number where a text is meant (write "
        '`version: "1.0.0"` or `1.0.0`, not `1.0`). Anchors are not read. `modelyard lint` says what is wrong, and in '
        "which line; an editor does as you type, with the schemas beside this page.",
        *_model("asset.yaml", Asset),
        *_model("catalog.yaml", Catalog),
        *_model("waivers.yaml", Waivers),
    )


def _model(file: str, model: type[Model]) -> Iterator[str]:
    whole = schema.of(model)
    yield f"## {file}"
    yield from _fields(whole)
    for name, part in sorted(whole.get("$defs", {}).items()):
        yield f"### {name}"
        yield from _fields(part)


def _fields(part: Mapping[str, Any]) -> Iterator[str]:
    yield part["description"]
    rows = [
        (f"`{name}`", _type(field), _default(field, name in part.get("required", ())), field["description"])
        for name, field in part["properties"].items()
    ]
    yield table(("Field", "Type", "Default", "Meaning"), rows)


def _type(field: Mapping[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return ", ".join(dict.fromkeys(_type(one) for one in field["anyOf"] if one.get("type") != "null"))
    if "enum" in field:
        return " or ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'])}{', at least one' if field.get('minItems') else ''}"
    if field["type"] == "object":
        keys = " and ".join(f"`{key}`" for key in field.get("propertyNames", {}).get("enum", ()))
        # A bound on the keys makes patterns of them.
        (values,) = field.get("patternProperties", {"": field.get("additionalProperties")}).values()
        return f"{_type(values)}, {f'for each of {keys}' if keys else 'by name'}"
    if field["type"] == "string":
        return _text(field)
    bounds = f", at least {field['minimum']}" if "minimum" in field else ""
    if {"minimum", "maximum"} <= field.keys():
        bounds = f", {field['minimum']} to {field['maximum']}"
    return f"{_WORDS[field['type']]}{bounds}"


def _text(field: Mapping[str, Any]) -> str:
    pattern = field.get("pattern")
    if field.get("examples"):
        return f"text such as {', '.join(f'`{example}`' for example in field['examples'])}"
    most = f" of at most {field['maxLength']:,} characters" if "maxLength" in field else ""
    if pattern == _ONE_LINE:
        return f"one line{most}"
    return f"text{most}{f', `{pattern}`' if pattern else ''}"


def _default(field: Mapping[str, Any], required: bool) -> str:
    if required:
        return "required"
    default = field.get("default")
    if not default or isinstance(default, dict):
        return "none"
    return f"`{json.dumps(default, ensure_ascii=False)}`"
