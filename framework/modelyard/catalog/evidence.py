"""Reports in the registry: beside the image that passed, and in quarantine for the one that didn't."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.report import ARTIFACT_TYPE, Checked, Machine, Report
from modelyard.errors import ModelyardError
from modelyard.version import VERSION

if TYPE_CHECKING:
    from modelyard.catalog.plan import Planned


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
        verdict="passed" if all(check.passed for check in checks) else "blocked",
        checks=list(checks),
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        machine=Machine(processor=platform.machine(), cores=os.cpu_count() or 1, system=platform.system()),
        modelyard=VERSION,
    )


def attach(registry: Registry, report: Report, image: Manifest) -> None:
    """Puts a report beside its image."""
    registry.attach(report.name, image, ARTIFACT_TYPE, report.model_dump_json(indent=1).encode())


def has_report(registry: Registry, name: str, image: Manifest) -> bool:
    """Whether a report stands beside an image."""
    return any(one.get("artifactType") == ARTIFACT_TYPE for one in registry.attached(name, image.digest))


def read(registry: Registry, name: str, image: Manifest) -> Report | None:
    """The report beside an image."""
    return _parsed(name, registry.document(name, image.digest, ARTIFACT_TYPE))


def block(registry: Registry, report: Report, key_tag: str) -> None:
    """Keeps the report of an image that failed, so that the same key is not tried again on any machine.

    It stands under a name of its own, where nobody pulls from; any change to the image has another key, and a
    refresh on another day another tag.
    """
    registry.keep(_quarantine(report.name), key_tag, ARTIFACT_TYPE, report.model_dump_json(indent=1).encode())


def quarantine(registry: Registry, name: str, key_tag: str) -> Report | None:
    """The report that keeps a key, or today's refresh of one, from being tried again."""
    return _parsed(name, registry.kept(_quarantine(name), key_tag))


def _quarantine(name: str) -> str:
    return f"blocked/{name}"


def _parsed(name: str, content: bytes | None) -> Report | None:
    if content is None:
        return None
    try:
        return Report.model_validate_json(content)
    except ValidationError as error:
        raise ModelyardError(
            f"{name}: the registry holds a report of another form: {error.errors()[0]['msg']}"
        ) from None
