"""What was published under a name, when and why: read from the registry, and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from modelyard.catalog import labels
from modelyard.catalog.ingredients import Ingredients
from modelyard.catalog.records import evidence, moves
from modelyard.catalog.records.moves import Move
from modelyard.catalog.records.report import Report
from modelyard.catalog.registry import Manifest, Registry

_AT_ONCE = 8
_KEY = "key-"


@dataclass(frozen=True)
class Published:
    """An image that the registry has.

    Attributes:
        image: Its manifest.
        written: What the builder wrote on it, its labels.
        tags: The tags that point to it now, those of its keys last.
        report: What was found out about it; None where it has none yet.
        moves: When tags were moved to it, the oldest first.
    """

    image: Manifest
    written: Mapping[str, str]
    tags: Sequence[str]
    report: Report | None
    moves: Sequence[Move]

    @property
    def key(self) -> str:
        """Its key."""
        return self.written.get(labels.KEY, "")

    @property
    def variant(self) -> str:
        """Which line it belongs to."""
        return self.written.get(labels.VARIANT, "")

    @property
    def version(self) -> str:
        """Version of the asset."""
        return self.written.get(labels.OCI + "version", "")

    @property
    def made(self) -> str:
        """When it was checked, as RFC 3339 has it; empty where nothing says it."""
        if self.report is not None:
            return self.report.made
        return self.moves[0].made if self.moves else ""

    @property
    def cause(self) -> Sequence[str]:
        """Why it was built."""
        return self.written.get(labels.CAUSE, "").splitlines()

    @property
    def ingredients(self) -> Ingredients:
        """What it was made of, by name and digest."""
        found: Ingredients = json.loads(self.written.get(labels.INGREDIENTS, "{}"))
        return found

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "digest": self.image.digest,
            "key": self.key,
            "version": self.version,
            "variant": self.variant,
            "made": self.made,
            "tags": list(self.tags),
            "cause": list(self.cause),
            "verdict": self.report.verdict if self.report else None,
            "checks": len(self.report.checks) if self.report else 0,
            "quality": self.report.quality.model_dump(mode="json") if self.report and self.report.quality else None,
            "moves": [move.model_dump(mode="json") for move in self.moves],
        }


@dataclass(frozen=True)
class History:
    """Everything that a registry has of an asset.

    Attributes:
        images: The newest first.
        quarantined: Reports of images that failed, the newest first.
    """

    name: str
    images: Sequence[Published]
    quarantined: Sequence[Report]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "name": self.name,
            "images": [one.to_dict() for one in self.images],
            "quarantined": [report.model_dump(mode="json") for report in self.quarantined],
        }


def read(registry: Registry, name: str) -> History:
    """The history of an asset; an empty one where nothing of it was ever published."""
    pointing: dict[str, list[str]] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        named = [tag for tag in registry.tags(name) if not tag.startswith("sha256-")]
        for tag, digest in zip(named, pool.map(lambda tag: registry.digest(name, tag), named), strict=True):
            if digest is not None:
                pointing.setdefault(digest, []).append(tag)
        found = pool.map(lambda item: _published(registry, name, *item), pointing.items())
        images = [one for one in found if one is not None]
        blocked = evidence.blocked(name)
        keys = [tag for tag in registry.tags(blocked) if tag.startswith(_KEY)]
        reports = pool.map(lambda tag: evidence.quarantine(registry, name, tag), keys)
        quarantined = [report for report in reports if report is not None]
    images.sort(key=lambda one: one.made, reverse=True)
    quarantined.sort(key=lambda report: report.made, reverse=True)
    return History(name, images, quarantined)


def _published(registry: Registry, name: str, digest: str, tags: list[str]) -> Published | None:
    image = registry.manifest(name, digest)
    if image is None:
        return None
    tags.sort(key=lambda tag: (tag.startswith(_KEY), tag))
    return Published(
        image,
        registry.labels(name, image),
        tags,
        evidence.read(registry, name, image),
        moves.of(registry, name, digest),
    )
