"""What stands beside an image while it is looked at: the one that is published now, and its own original."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from modelyard import tasks
from modelyard.catalog import tags
from modelyard.catalog.building import build, convert, transfer
from modelyard.catalog.building.fetching import fetch_data
from modelyard.catalog.checking import comparison
from modelyard.catalog.checking.candidate import Candidate, Elsewhere, Original, alone, not_the_image
from modelyard.catalog.checking.running import Running, bring
from modelyard.catalog.drift.recording import Recording
from modelyard.catalog.evaluation import labelled
from modelyard.catalog.evaluation.deadline import Deadline, TooLong
from modelyard.catalog.evaluation.evaluate import Held, evaluate
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.records import behaviour, evidence
from modelyard.catalog.records.behaviour import Behaviour
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.registry import Manifest
from modelyard.errors import ModelyardError
from modelyard.manifest import profile

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.manifest.asset import Asset, Variant


def candidate(builder: Builder, planned: Planned, image: str) -> Candidate:
    """An image beside the published one of its line, and beside its original where it was converted.

    Args:
        builder: What brings them to this machine.
        planned: Which image.
        image: Its name on this machine.
    """
    recordings: dict[str, Recording] = {}
    return Candidate(
        builder.workspace,
        builder.client,
        planned,
        image,
        find_published=lambda: _published(builder, planned),
        find_original=lambda: _original(builder, planned),
        evaluate=lambda running, sparing: _evaluate(builder, planned, running, recordings, sparing=sparing),
        find_evaluated=lambda data: _evaluated(builder, planned, data),
        recordings=recordings,
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


def _evaluated(builder: Builder, planned: Planned, data: str) -> Evaluated | None:
    """How the published image answered the same labelled data, when it was published."""
    newest = _newest(builder, planned)
    kept = newest and evidence.evaluated(builder.registry, planned.asset.name, newest)
    return kept if kept and kept.data == data else None


def _evaluate(
    builder: Builder, planned: Planned, running: Running, recordings: dict[str, Recording], *, sparing: bool
) -> Evaluated:
    """Holds a container to the asset's labelled data, within the time that it declares.

    Where other work keeps the cores, the time counts by the share of them that is left. What the items are like and
    what the image answers is noted under its name, where the asset has a profile.

    Raises:
        Elsewhere: The data can't be fetched, or it took too long, which says nothing about the image.
        ModelyardError: The asset's code gives no items, or the image answers none.
    """
    asset, workspace = planned.asset, builder.workspace
    assert asset.evaluation is not None
    given = held(builder, asset)
    deadline = Deadline(planned.name, asset.evaluation.seconds)
    checks = [f"quality {name}" for name in asset.evaluation.metrics]
    sparing &= not any(workspace.waiver(asset.name, planned.key, name) for name in checks)
    task = tasks.load(asset.task)
    with running.crowd(task.input.field) as road, builder.progress.step(f"evaluate {planned.name}") as step:
        send = road
        if (workspace.folder(asset.name) / profile.FILE).is_file():
            recording = recordings[running.image] = Recording(task)
            given, send = replace(given, items=recording.items(given.items)), recording.send(road)
        try:
            return evaluate(
                asset, given, send, jobs(), step.of, deadline=deadline, sparing=sparing, together=task.input.most
            )
        except TooLong as error:
            raise Elsewhere(str(error)) from None


def held(builder: Builder, asset: Asset) -> Held:
    """What an asset's images are held to, fetched.

    Raises:
        Elsewhere: The data can't be fetched.
        ModelyardError: The asset's code gives no items, or no groups.
    """
    with not_the_image():
        fetched = fetch_data(builder.workspace, builder.cache, asset, builder.progress)
    return labelled.held(builder.workspace, asset, fetched)


def jobs() -> int:
    """How many labelled items are under way at a time: enough that no core waits."""
    return 2 * (os.cpu_count() or 1)


def _original(builder: Builder, planned: Planned) -> Original | None:
    if planned.runtime == "tensorflow" or not convert.is_converted(planned.asset):
        return None
    base = build.base(builder.workspace, builder.client, builder.registry, convert.LOCK, builder.progress)
    image = build.with_packages(builder.workspace, builder.client, base, planned.asset, convert.LOCK, builder.progress)
    weights = builder.weights(planned, "tensorflow")
    files = build.files(builder.workspace, planned, weights, runtime="tensorflow")
    del files["Dockerfile"]
    return Original(image, files)
