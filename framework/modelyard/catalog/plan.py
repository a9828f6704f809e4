"""What a release would do: for each image, whether it is published, and if not, why it is built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from modelyard.catalog import evidence, ingredients, labels, refresh
from modelyard.catalog.refresh import Due, Image, Refreshing
from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.report import Report
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset, Variant

_LOOK_UPS_AT_ONCE = 8


@dataclass(frozen=True)
class Planned:
    """One image of the catalog, as it is and as it should be.

    Attributes:
        ingredients: Everything that goes into it.
        key: Their hash.
        published: The image of this key, where the registry has it; None where that is too old.
        cause: Why it must be built, a line each; empty where it is published.
        tags: The tags that should point to it.
        unfinished: What a published image still lacks: tags that don't point to it, or its report.
        quarantine: The report that keeps this very key from being tried again.
        refreshed: The day of its refresh, YYYYMMDD, where a refresh is what builds or finishes it.
        outdated: The published image that a refresh is to take the place of.
    """

    asset: Asset
    variant: Variant
    ingredients: ingredients.Ingredients
    key: str
    published: Manifest | None
    cause: tuple[str, ...]
    tags: tuple[str, ...]
    unfinished: tuple[str, ...]
    quarantine: Report | None
    refreshed: str | None = None
    outdated: Manifest | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.asset.name if self.variant == "cpu" else f"{self.asset.name} ({self.variant})"

    @property
    def runtime(self) -> str:
        """What executes the network."""
        return self.asset.variants[self.variant]

    @property
    def key_tag(self) -> str:
        """The tag that says that this key is published, or that it was refreshed on a day."""
        return refresh.tag(self.key, self.refreshed) if self.refreshed else f"key-{self.key}"

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is unfinished, in the form of causes."""
        return tuple(f"lacks {what}" for what in self.unfinished)

    @property
    def state(self) -> Literal["published", "to finish", "to build", "quarantined"]:
        """Where the image stands."""
        if self.published is None:
            return "quarantined" if self.quarantine else "to build"
        return "to finish" if self.unfinished else "published"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "name": self.asset.name,
            "version": self.asset.version,
            "variant": self.variant,
            "runtime": self.runtime,
            "key": self.key,
            "state": self.state,
            "cause": list(self.cause),
            "unfinished": list(self.unfinished),
            "failed": [check.name for check in self.quarantine.failed] if self.quarantine else [],
            "quarantined": self.quarantine.made if self.quarantine else None,
            "refreshed": self.refreshed,
            "digest": self.published.digest if self.published else None,
        }


def plan(
    workspace: Workspace,
    registry: Registry,
    names: Iterable[str] = (),
    variants: Sequence[Variant] = (),
    refreshing: Refreshing | None = None,
) -> list[Planned]:
    """Compares the catalog with the registry.

    Args:
        workspace: The catalog.
        registry: Where it is published.
        names: The assets to look at; all of them if none is named.
        variants: The variants to look at; those of catalog.yaml if none is named.
        refreshing: What says which published images are too old; none is, if left out.

    Raises:
        ModelyardError: A manifest has mistakes, or the registry can't be asked.
    """
    names = list(names)
    shared = ingredients.Shared(workspace)
    registry.check()
    planned = []
    # Reading files keeps one core busy while the look-ups of those read before wait for the registry.
    with ThreadPoolExecutor(_LOOK_UPS_AT_ONCE) as pool:
        try:
            for name in names or workspace.asset_names():
                asset = workspace.asset(name)
                for variant in variants or workspace.catalog.variants:
                    if variant in asset.variants:
                        found = ingredients.of_image(workspace, asset, variant, shared)
                        planned.append(pool.submit(_planned, registry, asset, variant, found, refreshing))
            return [one.result() for one in planned]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def moving_tags(asset: Asset, variant: Variant) -> tuple[str, ...]:
    """The tags that follow the newest image; `latest` and the bare version are the cpu's."""
    suffix = "" if variant == "cpu" else f"-{variant}"
    return (f"{asset.version}{suffix}", f"latest{suffix}")


def _planned(
    registry: Registry,
    asset: Asset,
    variant: Variant,
    found: ingredients.Ingredients,
    refreshing: Refreshing | None,
) -> Planned:
    key = ingredients.key(found)
    tags = moving_tags(asset, variant)
    planned = Planned(asset, variant, found, key, None, (), tags, (), None)
    published, unfinished, instead = _standing(registry, planned)
    if published is None:
        quarantine = evidence.quarantine(registry, asset.name, planned.key_tag)
        return replace(planned, cause=_cause(instead, found), quarantine=quarantine)
    planned = replace(planned, published=published, unfinished=unfinished)
    due = refreshing.look(registry, asset.name, key, published) if refreshing and not unfinished else None
    return planned if due is None else _refreshed(registry, planned, due)


def _standing(registry: Registry, planned: Planned) -> tuple[Manifest | None, tuple[str, ...], Image | None]:
    """The newest image of a key, what it lacks, and, where there is none, the image that stands in its place."""
    name, tags = planned.asset.name, planned.tags
    first = registry.manifest(name, planned.key_tag)
    last = registry.digest(name, tags[-1])
    # The report comes first and the tags in their order, so where the last one is right, all is.
    if first is not None and first.digest == last:
        return first, (), None
    heads = {tag: registry.digest(name, tag) for tag in tags[:-1]} | {tags[-1]: last}
    others = _images(registry, name, {digest for digest in heads.values() if digest} - {first.digest if first else ""})
    # A refresh makes another image of the same key; the moving tags say which is the newest.
    published = refresh.newest(planned.key, others.values()) or first
    if published is None:
        return None, (), others.get(last or "")
    unfinished = tuple(tag for tag, digest in heads.items() if digest != published.digest)
    if unfinished and not evidence.has_report(registry, name, published):
        unfinished = ("report", *unfinished)
    return published, unfinished, None


def _images(registry: Registry, name: str, digests: set[str]) -> dict[str, Image]:
    """Images by their digests, each with its labels."""
    found = {digest: registry.manifest(name, digest) for digest in digests}
    return {digest: (one, registry.labels(name, one)) for digest, one in found.items() if one}


def _refreshed(registry: Registry, planned: Planned, due: Due) -> Planned:
    name = planned.asset.name
    if due.pending is not None:
        lacks = () if evidence.has_report(registry, name, due.pending) else ("report",)
        return replace(planned, published=due.pending, unfinished=(*lacks, *planned.tags), refreshed=due.day)
    planned = replace(planned, published=None, cause=due.cause, refreshed=due.day, outdated=planned.published)
    return replace(planned, quarantine=evidence.quarantine(registry, name, planned.key_tag))


def _cause(before: Image | None, found: ingredients.Ingredients) -> tuple[str, ...]:
    """Why an image is built, by the labels of the one that stands in its place."""
    if before is None:
        return ("first: no image is published yet",)
    known = before[1].get(labels.INGREDIENTS)
    if known is None:
        return ("code: the published image doesn't say what it was made of",)
    try:
        made_of = json.loads(known)
    except ValueError:
        made_of = None
    if not isinstance(made_of, dict):
        return ("code: the published image doesn't say in a known form what it was made of",)
    return tuple(ingredients.changes(made_of, found)) or ("time: its tag is gone from the registry",)
