"""Keeping chronicles in the registry, so that whoever reads one reads what the registry says now.

All chronicles of a catalog stand under one name, each under the tag `ASSET.STAMP.N`: the stamp is made of what the
registry says of the asset, so a chronicle of another state is never taken for one of this, and two who write at once
write two tags, or the same twice. N counts the documents beside the images, for what can change while tags stay. So
one list of tags says what chronicles there are of all assets, and two small requests an asset say which is the one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from modelyard.catalog import tags
from modelyard.catalog.records import chronicle, evidence, history
from modelyard.catalog.records.chronicle import Chronicle, Described
from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

NAME = "records/chronicles"
"""The name under which they stand, where nobody pulls from."""

_TAG = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<stamp>[0-9a-f]{20})\.(?P<n>\d{1,9})")
_MOVING = (tags.newest("cpu"), tags.newest("gpu"))
_TRIES = 4


@dataclass(frozen=True)
class Index:
    """The chronicles that a registry has.

    Attributes:
        tags: Those of each asset: the newest tag of each stamp.
        last: The tag of each asset that has the most documents, for what only a chronicle knows.
        seen: All chronicles of each asset, as a hash: while it is the same, nobody wrote another.
    """

    tags: Mapping[tuple[str, str], str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A chronicle, and the tag that it stands or would stand under."""

    tag: str
    chronicle: Chronicle


def index(registry: Registry) -> Index:
    """All chronicles that a registry has, by one list."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    last: dict[str, tuple[int, str]] = {}
    all_of: dict[str, list[str]] = {}
    for tag in registry.tags(NAME):
        if match := _TAG.fullmatch(tag):
            one = int(match["n"]), tag
            key = match["name"], match["stamp"]
            newest[key] = max(one, newest.get(key, one))
            last[match["name"]] = max(one, last.get(match["name"], one))
            all_of.setdefault(match["name"], []).append(tag)
    return Index(
        tags={key: tag for key, (_, tag) in newest.items()},
        last={name: tag for name, (_, tag) in last.items()},
        seen={name: hashlib.sha256("\n".join(tags).encode()).hexdigest()[:20] for name, tags in all_of.items()},
    )


def stamp(registry: Registry, name: str, *, blocked: bool = True) -> str:
    """What the registry says of an asset now, as one hash: its tags, where those that move point to, its quarantine.

    Args:
        registry: Where it is.
        name: The asset.
        blocked: Whether the registry may hold a quarantine of it.
    """
    named = [tag for tag in registry.tags(name) if not tag.startswith("sha256-")]
    moving = {tag: registry.digest(name, tag) for tag in _MOVING if tag in named}
    stopped = registry.tags(evidence.blocked(name)) if blocked else []
    return hashlib.sha256(json.dumps([named, moving, stopped]).encode()).hexdigest()[:20]


def find(found: Index, name: str, stamped: str) -> str | None:
    """The tag of the chronicle of an asset in a state; None where there is none yet."""
    return found.tags.get((name, stamped))


def read(registry: Registry, tag: str) -> Chronicle | None:
    """The chronicle under a tag; None where there is none, or one of another form."""
    content = registry.kept(NAME, tag)
    return None if content is None else chronicle.parse(content)


def gather(registry: Registry, name: str, described: Described | None, known: Index) -> Kept:
    """The chronicle of an asset, made anew from all that stands beside its images.

    Args:
        registry: Where they are.
        name: The asset.
        described: What it says of itself; what the last chronicle has, if left out.
        known: The chronicles that there are.

    Raises:
        ModelyardError: Others change it all the time, or the registry holds what can't be read.
    """
    if described is None and name in known.last:
        last = read(registry, known.last[name])
        described = last.described if last else None
    before = stamp(registry, name)
    for _ in range(_TRIES):
        made, n = chronicle.compose(registry, history.read(registry, name), described)
        after = stamp(registry, name)
        if before == after:
            return Kept(f"{name}.{after}.{n}", made)
        before = after
    raise ModelyardError(f"{registry.repository(name)}: its tags move all the time; run it again")


def keep(registry: Registry, kept: Kept) -> None:
    """Puts a chronicle where the next reader finds it.

    Raises:
        ModelyardError: The registry doesn't take it.
    """
    content = kept.chronicle.model_dump_json().encode()
    registry.keep(NAME, kept.tag, chronicle.ARTIFACT_TYPE, content)


def renew(registry: Registry, name: str, described: Described | None = None) -> None:
    """Writes the chronicle of an asset that just changed; whoever changes one calls it last.

    Args:
        registry: Where it is.
        name: The asset.
        described: What it says of itself, where it was published.

    Raises:
        ModelyardError: The registry doesn't take it; nothing is lost, because who reads gathers what is missing.
    """
    keep(registry, gather(registry, name, described, index(registry)))
