"""Reports in the registry: beside the image that passed, and in quarantine for the one that didn't."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import ValidationError

from modelyard.catalog.records import attacked as attacked_record
from modelyard.catalog.records import evaluated as evaluated_record
from modelyard.catalog.records import gallery as gallery_record
from modelyard.catalog.records import provenance
from modelyard.catalog.records.artifact_types import SBOM, SIGNED
from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.gallery import Gallery
from modelyard.catalog.records.report import ARTIFACT_TYPE, Checked, Machine, Report
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model
from modelyard.version import VERSION

if TYPE_CHECKING:
    from modelyard.catalog.containers.inventory import Inventory
    from modelyard.catalog.planning.plan import Planned
    from modelyard.catalog.records.envelope import Signer
    from modelyard.manifest.asset import Asset

M = TypeVar("M", bound=Model)

KINDS = {"report": ARTIFACT_TYPE, "SBOM": SBOM, "provenance": provenance.ARTIFACT_TYPE}
"""What stands beside every published image, and the type of its artifact."""


def make(planned: Planned, checks: Sequence[Checked], digest: str | None) -> Report:
    """The report of an image that was just checked."""
    return Report(
        name=planned.asset.name,
        version=planned.asset.version,
        variant=planned.variant,
        runtime=planned.runtime,
        key=planned.key,
        cause=list(planned.cause),
        ingredients=dict(planned.ingredients),
        digest=digest,
        verdict=_verdict(planned, checks),
        checks=list(checks),
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=Machine(processor=platform.machine(), cores=os.cpu_count() or 1, system=platform.system()),
        modelyard=VERSION,
    )


def _verdict(
    planned: Planned, checks: Sequence[Checked]
) -> Literal["passed", "first of its line", "waived", "blocked"]:
    if any(check.stops for check in checks):
        return "blocked"
    if any(check.waived for check in checks):
        return "waived"
    return "first of its line" if planned.first else "passed"


def attach(
    registry: Registry,
    asset: Asset,
    report: Report,
    inventory: Inventory,
    commit: str | None,
    documents: Mapping[str, bytes],
    signer: Signer | None = None,
) -> None:
    """Puts everything that is known of a published image beside it, the report last.

    Args:
        registry: Where the image is.
        asset: What it was built from.
        report: Its report, with its digest.
        inventory: What it has installed.
        commit: The commit of the catalog, where it is in git.
        documents: What else was found out, by the type of its artifact.
        signer: Who signs the verdict, where anybody does.
    """
    # Their libraries take long to load, and most who read evidence write none.
    from modelyard.catalog.records import blessing, sbom

    image = registry.manifest(asset.name, report.digest or "")
    repository = registry.repository(asset.name)
    if image is None:
        raise ModelyardError(f"{repository}@{report.digest}: the registry lost the image; run the release again")
    documents = {
        **documents,
        SBOM: sbom.make(report, asset, inventory, repository),
        provenance.ARTIFACT_TYPE: provenance.make(report, asset, repository, commit),
    }
    document = report.model_dump_json(indent=1).encode()
    if signer:
        documents[SIGNED] = blessing.make(report, document, repository, signer)
    documents[ARTIFACT_TYPE] = document
    for kind, content in documents.items():
        registry.attach(asset.name, image, kind, content, created=report.made)


def missing(registry: Registry, name: str, digest: str) -> tuple[str, ...]:
    """What doesn't stand beside an image yet."""
    there = {one.get("artifactType") for one in registry.attached(name, digest)}
    return tuple(what for what, kind in KINDS.items() if kind not in there)


def read(registry: Registry, name: str, image: Manifest) -> Report | None:
    """The report beside an image."""
    return _parsed(name, registry.document(name, image.digest, ARTIFACT_TYPE))


def evaluated(registry: Registry, name: str, image: Manifest) -> Evaluated | None:
    """How an image answered labelled data when it was published; None where that isn't known, or in an older form."""
    return _beside(registry, name, image, evaluated_record.ARTIFACT_TYPE, Evaluated)  # Else it is asked again.


def gallery(registry: Registry, name: str, image: Manifest) -> Gallery | None:
    """What an image answered to its samples when it was published; None where that isn't known, or in an older form."""
    return _beside(registry, name, image, gallery_record.ARTIFACT_TYPE, Gallery)


def attacked(registry: Registry, name: str, image: Manifest) -> Attacked | None:
    """What the newest attack made of an image; None where none was kept, or in an older form."""
    return _beside(registry, name, image, attacked_record.ARTIFACT_TYPE, Attacked)


def block(registry: Registry, report: Report, key_tag: str) -> None:
    """Keeps the report of an image that failed, so that the same key is not tried again on any machine.

    It stands under a name of its own, where nobody pulls from; any change to the image has another key, and a
    refresh on another day another tag.
    """
    registry.keep(blocked(report.name), key_tag, ARTIFACT_TYPE, report.model_dump_json(indent=1).encode())


def quarantine(registry: Registry, name: str, key_tag: str) -> Report | None:
    """The report that keeps a key, or today's refresh of one, from being tried again."""
    return _parsed(name, registry.kept(blocked(name), key_tag))


def blocked(name: str) -> str:
    """The name under which the reports of images that failed stand."""
    return f"blocked/{name}"


def _beside(registry: Registry, name: str, image: Manifest, kind: str, form: type[M]) -> M | None:
    content = registry.document(name, image.digest, kind)
    try:
        return None if content is None else form.model_validate_json(content)
    except ValidationError:
        return None


def _parsed(name: str, content: bytes | None) -> Report | None:
    if content is None:
        return None
    try:
        return Report.model_validate_json(content)
    except ValidationError as error:
        raise ModelyardError(
            f"{name}: the registry holds a report of another form: {error.errors()[0]['msg']}"
        ) from None
