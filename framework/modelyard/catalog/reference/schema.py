"""JSON Schemas of asset.yaml and catalog.yaml, for editors that complete and check YAML as it is typed.

A manifest names its schema in its first line:

    # yaml-language-server: $schema=../../docs/reference/asset.schema.json
"""

from __future__ import annotations

import json
from typing import Any

from modelyard import runtimes, tasks
from modelyard.manifest.asset import Asset
from modelyard.manifest.model import Model

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def of(model: type[Model]) -> dict[str, Any]:
    """The JSON Schema of a manifest, with the names of the tasks and runtimes that there are."""
    schema = model.model_json_schema()
    if model is Asset:
        fields = schema["properties"]
        fields["task"] = {**_bare(fields["task"]), "enum": tasks.names()}
        fields["variants"]["additionalProperties"] = {"enum": runtimes.names()}
    return {"$schema": _DIALECT, **schema}


def text(model: type[Model]) -> str:
    """The schema as a file."""
    return json.dumps(of(model), indent=2, ensure_ascii=False) + "\n"


def _bare(field: dict[str, Any]) -> dict[str, Any]:
    """A field without what its names make superfluous."""
    return {key: value for key, value in field.items() if key not in ("pattern", "maxLength")}
