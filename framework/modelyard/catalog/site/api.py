"""What other programs read: `index.json`, and `models/NAME.json` of each model, with the schema of both."""

from __future__ import annotations

import json
from functools import cache

from pydantic.json_schema import models_json_schema

from modelyard.catalog.records.chronicle import Chronicle
from modelyard.catalog.site.model import Listed
from modelyard.manifest.model import Model

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Entry(Listed):
    """A model, as `index.json` lists it."""

    page: str
    """Its page, seen from the root of the site."""
    record: str
    """Its own file for programs, seen from the root of the site."""
    image: str
    """What `docker run` takes, by digest; empty where there is nothing to run."""


class Index(Model):
    """`index.json`: every model of the catalog."""

    title: str
    """What the catalog is called."""
    registry: str
    """The registry and its folder, where the images are."""
    rendered: str
    """When this was made, in UTC, as RFC 3339 has it."""
    digest: str
    """Hash of everything that it was made from: while it is the same, nothing changed."""
    models: list[Entry]
    """In the order of their titles."""


class Record(Model):
    """`models/NAME.json`: all that is known of one model."""

    model: Listed
    """As `index.json` has it."""
    chronicle: Chronicle | None
    """Every image that the registry has and every one that was stopped; none where it holds nothing of it."""


@cache
def schema() -> str:
    """The JSON Schema of `index.json`; that of `models/NAME.json` is its definition `Record`."""
    _, made = models_json_schema([(Index, "serialization"), (Record, "serialization")], title="index.json")
    whole = {"$schema": _DIALECT, "$ref": "#/$defs/Index", **made}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
