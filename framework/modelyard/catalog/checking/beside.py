"""What stands beside an image while it is looked at: the one that is published now, and its own original."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelyard.catalog import tags
from modelyard.catalog.building import build, convert, transfer
from modelyard.catalog.checking import comparison
from modelyard.catalog.checking.candidate import Candidate, Original, alone, bring
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.records import behaviour
from modelyard.catalog.records.behaviour import Behaviour
from modelyard.catalog.registry import Manifest
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.manifest.asset import Variant


def candidate(builder: Builder, planned: Planned, image: str) -> Candidate:
    """An image beside the published one of its line, and beside its original where it was converted.

    Args:
        builder: What brings them to this machine.
        planned: Which image.
        image: Its name on this machine.
    """
    return Candidate(
        builder.workspace,
        builder.client,
        planned,
        image,
        find_published=lambda: _published(builder, planned),
        find_original=lambda: _original(builder, planned),
    )


def here(builder: Builder, planned: Planned) -> str:
    """The image on this machine: pulled where it is published, built where it isn't."""
    if planned.published is not None:
        return transfer.pull(builder.client, builder.registry, planned, planned.published, builder.progress)
    return builder.build(planned)


def diff(builder: Builder, name: str, variant: Variant, against: str | None = None) -> tuple[Planned, Behaviour]:
    """Which answers an asset's image moves, against the published one of its line or against another.

    Args:
        builder: What builds.
        name: The asset.
        variant: Which of its images.
        against: The other image.

    Raises:
        ModelyardError: There is no such asset, variant or image, or it can't be built.
    """
    images = plan(builder.workspace, builder.registry, [name], [variant])
    if not images:
        raise ModelyardError(f"{name} has no variant {variant}: add it to its asset.yaml, or name another")
    planned = images[0]
    if against is None and _newest(builder, planned) is None:
        return planned, behaviour.nothing(alone(planned))
    found = candidate(builder, planned, here(builder, planned))
    if against is not None:
        found = replace(found, find_published=lambda: bring(builder.client, against))
    with found:
        return planned, comparison.compare(found)


def _newest(builder: Builder, planned: Planned) -> Manifest | None:
    """What is published now under the line's moving tag; None where that is nothing, or the planned image."""
    newest = builder.registry.manifest(planned.asset.name, tags.newest(planned.variant))
    if newest is None or (planned.published and newest.digest == planned.published.digest):
        return None
    return newest


def _published(builder: Builder, planned: Planned) -> str | None:
    newest = _newest(builder, planned)
    if newest is None:
        return None
    return transfer.pull(builder.client, builder.registry, planned, newest, builder.progress)


def _original(builder: Builder, planned: Planned) -> Original | None:
    if planned.runtime == "tensorflow" or not convert.is_converted(planned.asset):
        return None
    base = build.base(builder.workspace, builder.client, builder.registry, convert.LOCK, builder.progress)
    image = build.with_packages(builder.workspace, builder.client, base, planned.asset, convert.LOCK, builder.progress)
    weights = builder.weights(planned, "tensorflow")
    files = build.files(builder.workspace, planned, weights, runtime="tensorflow")
    del files["Dockerfile"]
    return Original(image, files)
