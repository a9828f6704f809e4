"""What a registry says of one asset, in one document: what is written in many beside its images, gathered.

It is for those who read of many assets at once, such as the site: everything in it is read from `history`, and nothing
is known from it alone, but what the asset called itself when it was published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from modelyard.catalog import labels
from modelyard.catalog.ingredients import summary
from modelyard.catalog.records import attacked, gallery, provenance, swagger
from modelyard.catalog.records.artifact_types import SBOM, SIGNED
from modelyard.catalog.records.history import History, Published
from modelyard.catalog.records.moves import Move
from modelyard.catalog.records.quality import Changed, Figure, Quality
from modelyard.catalog.records.report import ARTIFACT_TYPE as REPORT
from modelyard.catalog.records.report import Checked, Machine, Report
from modelyard.catalog.registry import Registry
from modelyard.catalog.registry.manifest import CREATED
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Card
from modelyard.manifest.model import Model
from modelyard.version import VERSION

ARTIFACT_TYPE = "application/vnd.modelyard.chronicle.v1+json"

Document = Literal["report", "SBOM", "provenance", "gallery", "API", "verdict", "attack"]
DOCUMENTS: Mapping[Document, str] = {
    "report": REPORT,
    "SBOM": SBOM,
    "provenance": provenance.ARTIFACT_TYPE,
    "gallery": gallery.ARTIFACT_TYPE,
    "API": swagger.ARTIFACT_TYPE,
    "verdict": SIGNED,
    "attack": attacked.ARTIFACT_TYPE,
}
"""What may stand beside an image, and the type of its artifact: a verdict where it was signed, an attack where one was
tried."""

_KEY = "key-"
_QUALITY = "quality "
_LONGEST_PROSE = 200_000
_LABELS = 16_000
_LONGEST_STEP = 200


class Part(Model):
    """Something that the asset brings along, with a licence of its own."""

    name: str
    """Path of the weights, or name of the sample."""
    license: str
    """Its licence, as SPDX has it."""
    source: str
    """Where it comes from."""


class Described(Model):
    """What an asset says of itself: its asset.yaml and README.md."""

    title: str
    """What people call it."""
    summary: str
    """What it does, in one sentence."""
    task: str
    """What kind of question it answers."""
    license: str
    """Licence of its code."""
    source: str
    """Where the model comes from."""
    card: Card
    """The model card's data."""
    weights: list[Part]
    """The files that it loads."""
    samples: list[Part]
    """The inputs that it is checked with."""
    prose: str
    """The model card's prose, in Markdown."""
    labels: list[str] = Field(default_factory=list)
    """The names of its classes; the first ones, where there are very many."""
    memory: dict[str, int] = Field(default_factory=dict)
    """Megabytes that an image may take with its samples, by the variant, where a budget says it."""


class Layer(Model):
    """A layer of an image."""

    size: int
    """Bytes, as it travels."""
    made_by: str
    """The step of the recipe that made it."""


class Told(Model):
    """An image that the registry has."""

    digest: str
    """Its digest."""
    key: str
    """The hash of everything that went into it."""
    version: str
    """Version of the asset."""
    variant: str
    """Which line it belongs to."""
    runtime: str
    """What executes the network."""
    task: str
    """What kind of question it answers."""
    title: str
    """What people called it."""
    summary: str
    """What it does."""
    license: str
    """Licence of its code."""
    made: str
    """When it was checked, as RFC 3339 has it; empty where nothing says it."""
    tags: list[str]
    """The tags that point to it now, without those of its keys."""
    cause: list[str]
    """Why it was built, a line each."""
    verdict: str
    """Whether it passed; empty where it has no report."""
    checks: int
    """How many things were looked at."""
    failed: list[Checked]
    """What it failed, waived or not."""
    measures: dict[str, float]
    """What it costs: `image size` and `memory` in megabytes, `ready` in seconds, as the checks measured."""
    quality: Quality | None
    """How well it answers; none in reports of older versions, and where there is no labelled data."""
    figures: dict[str, Figure]
    """The metrics that the checks judged, for images without `quality`."""
    against: str = ""
    """Digest of the image that was published before it, where the two were compared."""
    changes: dict[str, Changed] = Field(default_factory=dict)
    """How far each metric moved against that one, over the items that both answered."""
    machine: Machine | None
    """Where it was measured."""
    moves: list[Move]
    """When tags were moved to it, the oldest first."""
    documents: dict[Document, str]
    """What stands beside it: digest of the newest artifact of each kind."""
    licences: dict[str, str]
    """The licence of each part; of images that a moving tag points to alone."""
    layers: list[Layer]
    """Its layers, the lowest first."""


class Stopped(Model):
    """An image that failed, and was never published."""

    version: str
    """Version of the asset."""
    variant: str
    """Which line it would belong to."""
    key: str
    """Its key."""
    made: str
    """When it was checked."""
    cause: list[str]
    """Why it was built, a line each."""
    failed: list[Checked]
    """What stopped it."""
    quality: Quality | None = None
    """How well it answers, where it was asked."""


class Chronicle(Model):
    """Everything that a registry says of an asset."""

    name: str
    """The asset."""
    described: Described | None
    """What it said of itself when it was last published; none where nobody wrote it down."""
    images: list[Told]
    """Its images, the newest first."""
    stopped: list[Stopped]
    """What failed, the newest first."""
    modelyard: str = VERSION
    """The version of Modelyard that gathered it."""


def read(folder: Path, asset: Asset) -> Described:
    """What an asset says of itself, with its README.md and the names of its classes.

    Args:
        folder: The asset's.
        asset: Its asset.yaml.
    """
    prose = _beginning(folder / "README.md", 4 * _LONGEST_PROSE)
    lines = _beginning(folder / asset.labels, _LABELS + 1).splitlines() if asset.labels else []
    if asset.labels and sum(map(len, lines)) + len(lines) > _LABELS:
        lines = lines[:-1]  # it may be half a name
    return describe(asset, prose, [line.strip() for line in lines if line.strip()])


def describe(asset: Asset, prose: str, labels: Sequence[str] = ()) -> Described:
    """What an asset says of itself.

    Args:
        asset: Its asset.yaml.
        prose: Its README.md.
        labels: The names of its classes.
    """
    # The good ones first: they are what people try.
    samples = {one.name: one for one in sorted(asset.samples, key=lambda one: one.error is not None)}
    budgets = {variant: asset.budgets.of(variant).memory for variant in asset.variants}
    return Described(
        title=asset.title,
        summary=asset.summary,
        task=asset.task,
        license=asset.license,
        source=asset.source,
        card=asset.card,
        weights=[Part(name=one.path, license=one.license, source=one.source) for one in asset.weights],
        samples=[Part(name=name, license=one.license, source=one.origin) for name, one in samples.items()],
        prose=prose[:_LONGEST_PROSE],
        labels=list(labels),
        memory={variant: most // 1_000_000 for variant, most in budgets.items() if most},
    )


def compose(registry: Registry, found: History, described: Described | None) -> tuple[Chronicle, int]:
    """The chronicle of an asset, and how many documents stand beside its images: it only grows while they are there.

    Args:
        registry: Where the images are.
        found: What it has of the asset.
        described: What the asset says of itself.
    """
    beside = {one.image.digest: registry.attached(found.name, one.image.digest) for one in found.images}
    return Chronicle(
        name=found.name,
        described=described,
        images=[_told(registry, found.name, one, beside[one.image.digest]) for one in found.images],
        stopped=[_stopped(report) for report in found.quarantined],
    ), sum(map(len, beside.values()))


def parse(content: bytes) -> Chronicle | None:
    """A chronicle as the registry or a cache holds it; None where it is of another form, and so must be made anew."""
    try:
        return Chronicle.model_validate_json(content)
    except ValidationError:
        return None


def _beginning(file: Path, characters: int) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(characters)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def _told(registry: Registry, name: str, one: Published, beside: Iterable[Mapping[str, Any]]) -> Told:
    report, written = one.report, one.written
    newest = {entry.get("artifactType"): str(entry["digest"]) for entry in sorted(beside, key=_created)}
    tags = [tag for tag in one.tags if not tag.startswith(_KEY)]
    moving = any(tag.startswith("latest") for tag in tags)
    return Told(
        digest=one.image.digest,
        key=one.key,
        version=one.version,
        variant=one.variant,
        runtime=written.get(labels.RUNTIME, ""),
        task=written.get(labels.TASK, ""),
        title=written.get(labels.OCI + "title", name),
        summary=written.get(labels.OCI + "description", ""),
        license=written.get(labels.OCI + "licenses", ""),
        made=one.made,
        tags=tags,
        cause=summary(one.cause),
        verdict=report.verdict if report else "",
        checks=len(report.checks) if report else 0,
        failed=[check for check in report.checks if not check.passed] if report else [],
        measures=_measures(report) if report else {},
        quality=report.quality if report else None,
        figures=_figures(report) if report else {},
        against=_against(report) if report else "",
        changes=report.changes if report else {},
        machine=report.machine if report else None,
        moves=list(one.moves),
        documents={what: newest[kind] for what, kind in DOCUMENTS.items() if kind in newest},
        licences=report.licences if report and moving else {},
        layers=_layers(registry, name, one),
    )


def _created(entry: Mapping[str, Any]) -> str:
    return str((entry.get("annotations") or {}).get(CREATED, ""))


def _stopped(report: Report) -> Stopped:
    return Stopped(
        version=report.version,
        variant=report.variant,
        key=report.key,
        made=report.made,
        cause=summary(report.cause),
        failed=report.failed,
        quality=report.quality,
    )


def _measures(report: Report) -> dict[str, float]:
    costs = ("image size", "ready", "memory")
    return {check.name: check.measures[check.name] for check in report.checks if check.name in costs and check.measures}


def _figures(report: Report) -> dict[str, Figure]:
    judged = (check for check in report.checks if check.name.startswith(_QUALITY) and "value" in check.measures)
    return {check.name.removeprefix(_QUALITY): Figure(value=check.measures["value"]) for check in judged}


def _against(report: Report) -> str:
    """The digest alone: where the image stands may be another place by now."""
    return (report.behaviour.against or "").rpartition("@")[2] if report.behaviour else ""


def _layers(registry: Registry, name: str, one: Published) -> list[Layer]:
    """Size and recipe of each layer; no recipes where the image's history doesn't fit its layers."""
    try:
        sizes = [int(layer["size"]) for layer in json.loads(one.image.content).get("layers") or []]
        past = registry.configuration(name, one.image).get("history") or []
        steps = [str(step.get("created_by", "")) for step in past if not step.get("empty_layer")]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ModelyardError(f"{registry.repository(name)}@{one.image.digest}: its layers can't be read") from None
    if len(steps) != len(sizes):
        steps = [""] * len(sizes)
    return [Layer(size=size, made_by=step[:_LONGEST_STEP]) for size, step in zip(sizes, steps, strict=True)]
