"""What a release would do: for each image, whether it is published, and if not, why it is built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

from modelyard.catalog import ingredients, labels, tags
from modelyard.catalog.planning import refresh
from modelyard.catalog.planning.refresh import Due, Refreshing
from modelyard.catalog.records import evidence, pointing
from modelyard.catalog.records.report import Report
from modelyard.catalog.registry import Manifest, Registry
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset, Variant

_LOOK_UPS_AT_ONCE = 8
_FIRST = "first: no image is published yet"


@dataclass(frozen=True)
class Planned:
    """One image of the catalog, as it is and as it should be.

    Attributes:
        ingredients: Everything that goes into it.
        key: Their hash.
        published: The image of this key, where the registry has it; None where that is too old.
        cause: Why it must be built, a line each; empty where it is published.
        unfinished: What a published image still lacks: its report, its SBOM, tags that don't point to it.
        held: Tags that point elsewhere and must stay there, and why, a line each.
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
    unfinished: tuple[str, ...]
    held: tuple[str, ...]
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
        return refresh.tag(self.key, self.refreshed) if self.refreshed else tags.of_key(self.key)

    @property
    def first(self) -> bool:
        """Whether nothing of its line was published before."""
        return _FIRST in self.cause

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is unfinished, in the form of causes."""
        return tuple(f"lacks {what}" for what in self.unfinished)

    @property
    def state(self) -> Literal["published", "to finish", "held", "to build", "quarantined"]:
        """Where the image stands."""
        if self.published is None:
            return "quarantined" if self.quarantine else "to build"
        if self.unfinished:
            return "to finish"
        return "held" if self.held else "published"

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
            "held": list(self.held),
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
    *,
    thorough: bool = False,
) -> list[Planned]:
    """Compares the catalog with the registry.

    Args:
        workspace: The catalog.
        registry: Where it is published.
        names: The assets to look at; all of them if none is named.
        variants: The variants to look at; those of catalog.yaml if none is named.
        refreshing: What says which published images are too old; none is, if left out.
        thorough: Look for what stands beside an image even where its tags say that all of it was put there, and find
            what was lost since. It takes twice the requests; a release does it.

    Raises:
        ModelyardError: A manifest has mistakes, or the registry can't be asked.
    """
    names = list(names)
    shared = ingredients.Shared(workspace)
    registry.check()
    planned = []

    def look_up(asset: Asset, variant: Variant, found: ingredients.Ingredients) -> Planned:
        one = _planned(workspace, registry, asset, variant, found, refreshing)
        return _lost(registry, one) if thorough and one.state == "published" else one

    # Reading files keeps one core busy while the look-ups of those read before wait for the registry.
    with ThreadPoolExecutor(_LOOK_UPS_AT_ONCE) as pool:
        try:
            for name in names or workspace.asset_names():
                asset = workspace.asset(name)
                for variant in variants or workspace.catalog.variants:
                    if variant in asset.variants:
                        found = ingredients.of_image(workspace, asset, variant, shared)
                        planned.append(pool.submit(look_up, asset, variant, found))
            return [one.result() for one in planned]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _planned(
    workspace: Workspace,
    registry: Registry,
    asset: Asset,
    variant: Variant,
    found: ingredients.Ingredients,
    refreshing: Refreshing | None,
) -> Planned:
    key = ingredients.key(found)
    planned = Planned(asset, variant, found, key, None, (), (), (), None)
    first = registry.manifest(asset.name, planned.key_tag)
    last = registry.digest(asset.name, tags.newest(variant))
    published = first
    if last and (first is None or first.digest != last):
        newest = registry.manifest(asset.name, last)
        made_of = registry.labels(asset.name, newest) if newest else {}
        # A refresh makes another image of the same key; where people get that, it is the published one.
        published = newest if made_of.get(labels.KEY) == key else first
    if published is None:
        cause = _cause(made_of if last else None, found)
        return replace(planned, cause=cause, quarantine=quarantine(workspace, registry, planned))
    if published.digest != last:
        return _tagged(workspace, registry, planned, published)
    # What stands beside an image comes first and this tag last of all, so nothing is lacking.
    planned = replace(planned, published=published)
    due = refreshing.look(registry, asset.name, key, published) if refreshing else None
    return planned if due is None else _refreshed(workspace, registry, planned, due)


def quarantine(workspace: Workspace, registry: Registry, planned: Planned) -> Report | None:
    """What keeps an image from being tried again; nothing where all that it failed is waived by now."""
    report = evidence.quarantine(registry, planned.asset.name, planned.key_tag)
    failed = report.failed if report else []
    if report and failed and all(workspace.waiver(report.name, report.key, one.name) for one in failed):
        return None
    return report


def _tagged(workspace: Workspace, registry: Registry, planned: Planned, image: Manifest) -> Planned:
    """What an image lacks that people don't get yet."""
    standing = pointing.standing(workspace, registry, planned.asset, planned.variant, image.digest)
    missing = evidence.missing(registry, planned.asset.name, image.digest)
    return replace(planned, published=image, unfinished=(*missing, *standing.lacking), held=standing.reasons)


def _lost(registry: Registry, planned: Planned) -> Planned:
    """What an image lacks that people get."""
    assert planned.published is not None
    missing = evidence.missing(registry, planned.asset.name, planned.published.digest)
    return replace(planned, unfinished=missing)


def _refreshed(workspace: Workspace, registry: Registry, planned: Planned, due: Due) -> Planned:
    if due.pending is not None:
        return _tagged(workspace, registry, replace(planned, refreshed=due.day), due.pending)
    planned = replace(planned, published=None, cause=due.cause, refreshed=due.day, outdated=planned.published)
    return replace(planned, quarantine=quarantine(workspace, registry, planned))


def _cause(made_of: Mapping[str, str] | None, found: ingredients.Ingredients) -> tuple[str, ...]:
    """Why an image is built, by the labels of the one that stands in its place."""
    if made_of is None:
        return (_FIRST,)
    known = made_of.get(labels.INGREDIENTS)
    if known is None:
        return ("code: the published image doesn't say what it was made of",)
    try:
        made_of = json.loads(known)
    except ValueError:
        made_of = None
    if not isinstance(made_of, dict):
        return ("code: the published image doesn't say in a known form what it was made of",)
    return tuple(ingredients.changes(made_of, found)) or ("time: its tag is gone from the registry",)
