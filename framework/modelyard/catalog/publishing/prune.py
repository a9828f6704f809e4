"""Taking old images away, by the policy in catalog.yaml; never one that people can name by version, or get today.

An image is kept while a tag other than its keys' points to it, while it is among the newest of its line, or while it is
young. A key whose image is gone is built again where it is wanted again.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from modelyard.catalog.records import history
from modelyard.catalog.records.history import Published
from modelyard.catalog.registry import Registry
from modelyard.manifest.catalog import Keep

_KEY = "key-"


@dataclass(frozen=True)
class Old:
    """An image that the policy lets go."""

    name: str
    image: Published

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"name": self.name, **self.image.to_dict()}


def plan(
    registry: Registry, names: Iterable[str], keep: Keep, wanted: Iterable[str], now: datetime.datetime
) -> list[Old]:
    """The images that the policy lets go.

    Args:
        registry: Where they are.
        names: The assets to look at.
        keep: The policy.
        wanted: Keys that the catalog wants now.
        now: The time, in UTC.
    """
    current = set(wanted)
    found = []
    for name in names:
        images = history.read(registry, name).images
        for variant in sorted({one.variant for one in images}):
            line = [one for one in images if one.variant == variant]
            found += [Old(name, one) for one in old(line, keep, current, now)]
    return found


def old(line: Sequence[Published], keep: Keep, wanted: set[str], now: datetime.datetime) -> list[Published]:
    """Those of a line, the newest first, that the policy lets go."""
    return [
        one
        for place, one in enumerate(line)
        if place >= keep.images
        and one.key not in wanted
        and all(tag.startswith(_KEY) for tag in one.tags)
        and _age(one, now) > keep.age
    ]


def carry_out(registry: Registry, found: Iterable[Old]) -> None:
    """Takes images away, with what stands beside them.

    Raises:
        ModelyardError: The registry lets nobody delete.
    """
    for one in found:
        digest = one.image.image.digest
        for artifact in registry.attached(one.name, digest):
            registry.delete(one.name, artifact["digest"])
        index = registry.digest(one.name, digest.replace(":", "-"))
        if index is not None:
            registry.delete(one.name, index)
        registry.delete(one.name, digest)


def _age(one: Published, now: datetime.datetime) -> float:
    """Seconds; an image that doesn't say when it was made is young, because nobody knows better."""
    return (now - datetime.datetime.fromisoformat(one.made)).total_seconds() if one.made else 0.0
