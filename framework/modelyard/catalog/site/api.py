"""What other programs read: `index.json`, and `models/NAME.json` of each model; documented by their own schema."""

from __future__ import annotations

from pydantic import Field

from modelyard.catalog.records.chronicle import Chronicle
from modelyard.catalog.site.model import Listed
from modelyard.manifest.model import Model


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


class Api(Model):
    """Both kinds of files; fields may come, and none that is here will mean anything else."""

    index: Index = Field(title="index.json")
    """`index.json`"""
    record: Record = Field(title="models/NAME.json")
    """`models/NAME.json`"""
