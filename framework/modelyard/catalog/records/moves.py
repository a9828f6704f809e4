"""Moves of the tags that people pull by: who made them go where, and whether they may.

Each move is written down beside the image that the tags move to, before they do. So the registry knows which commit
wanted the image that is served now, and a job of an older commit that ends late doesn't take it back.
"""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import ValidationError

from modelyard.catalog.records.semver import numbers
from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.revision import Relation
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant
from modelyard.manifest.model import Model
from modelyard.version import VERSION

ARTIFACT_TYPE = "application/vnd.modelyard.move.v1+json"


class Move(Model):
    """One move of the tags that follow a line's newest image."""

    kind: Literal["release", "rollback"]
    """Whether the catalog wanted it, or a person who went back."""
    to: str
    """Digest of the image that they point to since."""
    instead_of: str | None
    """Digest of the image that they pointed to before."""
    withdrawn: tuple[str, ...] = ()
    """Digests of the images that a rollback took from their users: no tag moves back to them by itself."""
    version: str
    """Version of the asset."""
    variant: Variant
    """Which line of images."""
    key: str
    """Key of the image."""
    commit: str | None
    """The commit of the catalog that wanted it, where it is in git."""
    reason: str
    """Why."""
    made: str
    """When, in UTC, as RFC 3339 has it."""
    modelyard: str = VERSION
    """The version of Modelyard that made it."""


def now() -> str:
    """The time, in UTC, as RFC 3339 has it; finer than a second, because moves are ordered by it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def record(registry: Registry, name: str, image: Manifest, move: Move) -> None:
    """Writes a move down beside the image that the tags move to."""
    registry.attach(name, image, ARTIFACT_TYPE, move.model_dump_json(indent=1).encode(), created=move.made)


def of(registry: Registry, name: str, digest: str) -> list[Move]:
    """The moves to an image, the oldest first."""
    moves = [_parsed(name, content) for content in registry.documents(name, digest, ARTIFACT_TYPE)]
    return sorted(moves, key=lambda move: move.made)


def newest(registry: Registry, name: str, digest: str) -> Move | None:
    """The last move to an image; None where none is written down."""
    found = of(registry, name, digest)
    return found[-1] if found else None


def refusal(last: Move | None, wanted: str, version: str, relation: Relation) -> str | None:
    """Why the tags that point to an image must stay there; None where they may move on.

    Args:
        last: The last move to the image that they point to.
        wanted: Digest of the image that they would point to.
        version: Its version.
        relation: How the commit that wants it stands to the one that wanted the image there.
    """
    if last is None:
        return None
    if wanted in last.withdrawn:
        return f"rolled back on {last.made[:10]}: {last.reason}"
    if relation == "older":
        return f"a later commit, {(last.commit or '')[:12]}, wants the image there"
    if relation in ("apart", "unknown") and numbers(version) < numbers(last.version):
        return f"the image there is of a later version, {last.version}"
    return None


def _parsed(name: str, content: bytes) -> Move:
    try:
        return Move.model_validate_json(content)
    except ValidationError as error:
        raise ModelyardError(
            f"{name}: the registry holds a move of tags of another form: {error.errors()[0]['msg']}"
        ) from None
