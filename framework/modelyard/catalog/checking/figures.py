"""How well an asset's image answers, for a person who asks: as it is kept, or asked now, beside the published image."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from modelyard import tasks
from modelyard.catalog import tags
from modelyard.catalog.building import transfer
from modelyard.catalog.checking import beside
from modelyard.catalog.checking.running import start
from modelyard.catalog.containers import sandbox
from modelyard.catalog.evaluation import labelled, speed
from modelyard.catalog.evaluation.evaluate import evaluate
from modelyard.catalog.evaluation.speed import Speed
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.records import evidence
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.registry import Manifest
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.serving.samples import SendMany

CANDIDATE, PUBLISHED = "this image", "the published image"


@dataclass(frozen=True)
class Found:
    """How well an image answers.

    Attributes:
        evaluated: The figures and every item.
        source: Where they come from, in words.
        against: The published image's, where it is another one and its figures are there.
        why_alone: Why there are none.
        speeds: How fast each answers, where both ran.
    """

    evaluated: Evaluated
    source: str
    against: Evaluated | None = None
    why_alone: str = ""
    speeds: dict[str, Speed] = field(default_factory=dict)


def of_image(
    builder: Builder, planned: Planned, *, again: bool = False, limit: int | None = None, jobs: int | None = None
) -> Found:
    """The figures of an image, and of the published one of its line.

    What was asked is kept: beside the published image, or on this machine for one that isn't published.

    Args:
        builder: What brings images to this machine.
        planned: Which image.
        again: Whether to ask although the figures are kept.
        limit: Only the first items; such figures are not kept.
        jobs: How many items are under way at a time.

    Raises:
        ModelyardError: The asset has no labelled data, or its image answers none of it.
    """
    asset, workspace = planned.asset, builder.workspace
    if asset.evaluation is None:
        raise ModelyardError(f"{asset.name}: {labelled.why_none(asset)}")
    data = labelled.digest(workspace, asset)
    newest = builder.registry.manifest(asset.name, tags.newest(planned.variant))
    same = newest is not None and planned.published is not None and newest.digest == planned.published.digest
    why = "it is the published image itself" if same else "nothing of the same data is published"
    published = None if newest is None or same or again else _published(builder, asset.name, newest, data)
    kept = builder.cache.root / "evaluations" / f"{planned.key}-{planned.variant}-{data}.json"
    if not again and limit is None:
        own = planned.published and _published(builder, asset.name, planned.published, data)
        if own:
            return Found(own, "as it answered when it was published", published, why)
        if (before := _kept(kept)) is not None:
            return Found(before, "as it answered here before", published, why)
    at_once = jobs or beside.jobs()
    with _running(builder, planned, beside.here(builder, planned)) as send, ExitStack() as other:
        mine = _ask(builder, planned, send, CANDIDATE, limit, at_once)
        if limit is None:
            _keep(kept, mine)
        roads = {CANDIDATE: send}
        if newest is not None and not same:
            image = transfer.pull(builder.client, builder.registry, planned, newest, builder.progress)
            roads[PUBLISHED] = other.enter_context(_running(builder, planned, image))
            published = published or _ask(builder, planned, roads[PUBLISHED], PUBLISHED, limit, at_once)
        items = list(islice(beside.held(builder, asset).items, min(speed.MOST, limit or speed.MOST)))
        with builder.progress.step("time the answers"):
            speeds = speed.side_by_side(roads, items, at_once)
    return Found(mine, "asked now", published, why, speeds)


def _ask(builder: Builder, planned: Planned, send: SendMany, whom: str, limit: int | None, jobs: int) -> Evaluated:
    given = beside.held(builder, planned.asset)
    if limit is not None:
        given = replace(given, items=islice(given.items, limit), expected=limit)
    with builder.progress.step(f"evaluate {planned.name}, {whom}") as step:
        most = tasks.load(planned.asset.task).input.most
        return evaluate(planned.asset, given, send, jobs, step.of, together=most)


@contextmanager
def road(builder: Builder, planned: Planned) -> Iterator[SendMany]:
    """The road to an image's container, which several threads may use."""
    with _running(builder, planned, beside.here(builder, planned)) as send:
        yield send


@contextmanager
def _running(builder: Builder, planned: Planned, image: str) -> Iterator[SendMany]:
    gpus = planned.variant == "gpu" and sandbox.has_gpus(builder.client)
    field_name = tasks.load(planned.asset.task).input.field
    with start(builder.client, image, gpus=gpus) as running, running.crowd(field_name) as send:
        yield send


def _published(builder: Builder, name: str, image: Manifest, data: str) -> Evaluated | None:
    found = evidence.evaluated(builder.registry, name, image)
    return found if found is not None and found.data == data else None


def _kept(file: Path) -> Evaluated | None:
    try:
        return Evaluated.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        return None  # of another version of Modelyard: it is asked again


def _keep(file: Path, evaluated: Evaluated) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # Another process may do the same, so that each writes a file of its own first.
    temporary = file.with_suffix(f".{os.getpid()}")
    temporary.write_text(evaluated.model_dump_json(), "utf-8")
    temporary.replace(file)
