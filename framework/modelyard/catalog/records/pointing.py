"""Pointing tags to a published image: those that never move first, those that people pull by last, and only forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.catalog import revision, tags
from modelyard.catalog.ingredients import summary
from modelyard.catalog.records import moves
from modelyard.catalog.records.moves import Move
from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset, Variant

if TYPE_CHECKING:
    from modelyard.catalog.planning.plan import Planned

_AGAIN = "the catalog's commit wants it again"


@dataclass(frozen=True)
class Standing:
    """How the tags of a line stand to an image of it.

    Attributes:
        lacking: Tags that should point to it, don't, and may.
        held: Tags that point elsewhere and must stay there, and why.
        before: Digest of the image that people get now.
    """

    lacking: tuple[str, ...]
    held: Mapping[str, str]
    before: str | None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why tags are held, a line each."""
        return tuple(f"{tag} stays where it is: {why}" for tag, why in self.held.items())


def standing(workspace: Workspace, registry: Registry, asset: Asset, variant: Variant, digest: str) -> Standing:
    """How the tags of a line stand to an image of it that is published.

    Args:
        workspace: The catalog that wants the image.
        registry: Where it is.
        asset: The asset.
        variant: Which line of images.
        digest: The image.
    """
    lacking, held = [], {}
    fixed = tags.of_version(asset, variant)
    if registry.digest(asset.name, fixed) is None:
        lacking.append(fixed)
    before = None
    for tag in tags.moving(asset, variant):
        before = registry.digest(asset.name, tag)
        if before == digest:
            continue
        last = moves.newest(registry, asset.name, before) if before else None
        relation = revision.relation(workspace.root, workspace.commit, last.commit if last else None)
        why = moves.refusal(last, digest, asset.version, relation)
        if why is None:
            lacking.append(tag)
        else:
            held[tag] = why
    return Standing(tuple(lacking), held, before)


def point(
    workspace: Workspace, registry: Registry, planned: Planned, image: Manifest, *, even_held: bool = False
) -> Standing:
    """Points the tags of a line to an image that passed.

    Args:
        workspace: The catalog that wants the image.
        registry: Where it is.
        planned: Which image.
        image: Its manifest.
        even_held: Move the tags that a rollback or a later commit holds elsewhere, too.

    Returns:
        How they stood before.
    """
    asset, variant = planned.asset, planned.variant
    found = standing(workspace, registry, asset, variant, image.digest)
    fixed = tags.of_version(asset, variant)
    if fixed in found.lacking:
        registry.tag(asset.name, fixed, image)
    wanted = {*found.lacking, *(found.held if even_held else ())} - {fixed}
    if wanted:
        moves.record(
            registry,
            asset.name,
            image,
            Move(
                kind="release",
                to=image.digest,
                instead_of=found.before,
                version=asset.version,
                variant=variant,
                key=planned.key,
                commit=workspace.commit,
                reason="; ".join(summary(planned.cause)) or _AGAIN,
                made=moves.now(),
            ),
        )
    for tag in tags.moving(asset, variant):
        if tag in wanted:
            registry.tag(asset.name, tag, image)
    return found
