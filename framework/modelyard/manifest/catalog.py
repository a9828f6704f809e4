"""catalog.yaml: what is in the catalog and where it is published."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from modelyard.manifest.asset import Variant
from modelyard.manifest.model import Duration, Line, Model, Name, RelativePath

Repository = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9.-]+(:\d{1,5})?(/[a-z0-9]+([._-][a-z0-9]+)*)+$", max_length=200),
]


def _folder(value: str) -> str:
    return value if value.endswith("/") else f"{value}/"


Address = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[a-zA-Z0-9.-]+(:\d{1,5})?(/[a-zA-Z0-9._~-]+)*/?$", max_length=200),
    AfterValidator(_folder),
]
"""The address of a folder on the web."""


class Refresh(Model):
    """When a published image is built again although nothing in git changed; looked at by `--refresh` alone."""

    max_age: Annotated[Duration, Field(ge=86_400)] | None = None
    """Age from which an image is built again, of at least a day, such as `30d`; never if left out."""
    updates: bool = False
    """Whether an image is built again once the Python image that it stands on has moved in its registry."""


class Keep(Model):
    """Which published images `modelyard prune` leaves alone, beside those with a version's or a moving tag."""

    images: Annotated[int, Field(ge=1, le=10_000)] = 10
    """The newest of each line, so many."""
    age: Duration = 90 * 86_400.0
    """Those that are younger than this, such as `90d`."""


class Withdrawn(Model):
    """Why an asset that was published is in the catalog no more: its page stays, and says it."""

    why: Line
    """What is wrong with it, or why it is not kept up."""
    instead: Name | None = None
    """The asset to use instead."""
    on: datetime.date | None = None
    """The day, such as `2026-11-30`, for the catalog's list of changes and its feed."""


class Catalog(Model):
    """The catalog as its maintainer declares it."""

    title: Line
    """What the catalog is called."""
    registry: Repository
    """Registry and folder that images are published to, such as `127.0.0.1:5000/modelyard`."""
    python: Line
    """The Python image that the base container is built on."""
    variants: Annotated[list[Variant], Field(min_length=1)] = ["cpu"]
    """The variants that are built where the command line names none."""
    refresh: Refresh = Refresh()
    """When a published image is built again although nothing in git changed."""
    trust: list[RelativePath] = []
    """Files with the public keys whose signatures under a verdict count; with any, `modelyard verify` wants one."""
    keep: Keep = Keep()
    """Which published images are left alone when old ones are taken away."""
    site: RelativePath | None = None
    """Folder that each release renders the catalog's site to, such as `public`; none is rendered if left out."""
    site_address: Address | None = None
    """Where that folder is on the web, such as `https://models.example.org/`; search engines, feeds, the 404 page."""
    withdrawn: dict[Name, Withdrawn] = {}
    """Assets that were published and must not be used any more, by their names."""
