"""All that was found out about an image before it may be published."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelyard.catalog.checking import check, comparison, exhibit, explaining, quiet
from modelyard.catalog.checking.candidate import Candidate, Elsewhere
from modelyard.catalog.checking.quiet import Quiet
from modelyard.catalog.checks.licences import of_parts
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.containers.inventory import Inventory
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.records import evaluated, evidence, gallery, swagger
from modelyard.catalog.records.behaviour import Behaviour
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.gallery import Gallery
from modelyard.catalog.records.quality import Changed
from modelyard.catalog.records.report import Checked, Report
from modelyard.catalog.registry import RegistryDown
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model


@dataclass(frozen=True)
class Examined:
    """What came of it.

    Attributes:
        checks: Everything that was looked at.
        behaviour: Which answers moved; None where the image never became ready.
        licences: The licence of each part of the image, as far as it is known.
        quiet: Whether it is the published image once more.
        inventory: What it has installed; None where it never became ready.
        log: The last lines that its container logged, where it failed.
        evaluated: How it answers labelled data; None where there is none, or where it failed before it was asked.
        changes: How far each metric moved against the published image's; empty where it was compared with none.
        gallery: What it answered to its samples, drawn; None where it is not to be published.
        swagger: What it says of its own API; None where it is not to be published.
    """

    checks: Sequence[Checked]
    behaviour: Behaviour | None
    licences: dict[str, str]
    quiet: Quiet
    inventory: Inventory | None = None
    log: Sequence[str] = ()
    evaluated: Evaluated | None = None
    changes: Mapping[str, Changed] = field(default_factory=dict)
    gallery: Gallery | None = None
    swagger: Mapping[str, Any] | None = None

    @property
    def documents(self) -> dict[str, bytes]:
        """What is pushed beside the image besides its report, by the type of the artifact."""
        found: dict[str, Model | None] = {
            evaluated.ARTIFACT_TYPE: self.evaluated,
            gallery.ARTIFACT_TYPE: self.gallery,
        }
        documents = {kind: one.model_dump_json().encode() for kind, one in found.items() if one is not None}
        if self.swagger is not None:
            documents[swagger.ARTIFACT_TYPE] = json.dumps(self.swagger).encode()
        return documents

    def report(self, planned: Planned, digest: str | None = None) -> Report:
        """The report of the image.

        Args:
            planned: Which image.
            digest: Its digest in the registry, where it is there already.
        """
        made = evidence.make(planned, self.checks, digest)
        found = {
            "behaviour": self.behaviour,
            "licences": self.licences,
            "log": list(self.log),
            "quality": self.evaluated.quality if self.evaluated else None,
            "changes": dict(self.changes),
        }
        return made.model_copy(update=found)


def examine(candidate: Candidate) -> Examined:
    """Holds an image to everything, and compares it with the published one of its line.

    Raises:
        ModelyardError: The engine, the registry or a download failed, which says nothing about the image.
    """
    checks = check.check(candidate)
    if any(one.name == check.FIRST and not one.passed for one in checks) and not candidate.is_running:
        return Examined(checks, None, {}, Quiet(("it doesn't become ready",)), log=candidate.log)
    stopped = any(one.stops for one in checks)
    try:
        moved = comparison.compare(candidate)
        licences = of_parts(candidate.asset, candidate.running.inventory)
        news = quiet.of(candidate, moved)
        shown = None if stopped or news else exhibit.gallery(candidate, explaining.of(candidate))
    except (NoEngine, RegistryDown, Elsewhere):
        raise
    except ModelyardError as error:
        failed = Checked(name="behaviour", passed=False, said=str(error))
        return Examined([*checks, failed], None, {}, Quiet((str(error),)), log=candidate.log)
    known = {part: licence for part, licence in licences.items() if licence is not None}
    inventory = candidate.running.inventory
    log = candidate.log if stopped else ()
    api = None if stopped or news else candidate.running.swagger
    changes = candidate.changes
    return Examined(checks, moved, known, news, inventory, log, candidate.was_evaluated, changes, shown, api)
