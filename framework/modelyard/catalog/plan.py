"""What a release would do: for each image, whether it is published, and if not, why it is built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from modelyard.catalog import evidence, ingredients, labels, pointing, tags
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
        published: The image of this key, where the registry has it.
        cause: Why it must be built, a line each; empty where it is published.
        unfinished: What a published image still lacks: its report, its SBOM, tags that don't point to it.
        held: Tags that point elsewhere and must stay there, and why, a line each.
        quarantine: The report that keeps this very key from being tried again.
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
        """The tag that says that this key is published."""
        return tags.of_key(self.key)

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
            "digest": self.published.digest if self.published else None,
        }


def plan(
    workspace: Workspace, registry: Registry, names: Iterable[str] = (), variants: Sequence[Variant] = ()
) -> list[Planned]:
    """Compares the catalog with the registry.

    Args:
        workspace: The catalog.
        registry: Where it is published.
        names: The assets to look at; all of them if none is named.
        variants: The variants to look at; those of catalog.yaml if none is named.

    Raises:
        ModelyardError: A manifest has mistakes, or the registry can't be asked.
    """
    wanted = [
        (asset, variant)
        for asset in workspace.assets(names)
        for variant in (variants or workspace.catalog.variants)
        if variant in asset.variants
    ]
    registry.check()
    with ThreadPoolExecutor(_LOOK_UPS_AT_ONCE) as pool:
        return list(pool.map(lambda pair: _planned(workspace, registry, *pair), wanted))


def _planned(workspace: Workspace, registry: Registry, asset: Asset, variant: Variant) -> Planned:
    found = ingredients.of_image(workspace, asset, variant)
    key = ingredients.key(found)
    published = registry.manifest(asset.name, tags.of_key(key))
    if published is None:
        cause = _cause(registry, asset, tags.newest(variant), found)
        quarantine = evidence.quarantine(registry, asset.name, key)
        return Planned(asset, variant, found, key, None, cause, (), (), quarantine)
    standing = pointing.standing(workspace, registry, asset, variant, published.digest)
    unfinished = (*evidence.missing(registry, asset.name, published.digest), *standing.lacking)
    return Planned(asset, variant, found, key, published, (), unfinished, standing.reasons, None)


def _cause(registry: Registry, asset: Asset, latest: str, found: ingredients.Ingredients) -> tuple[str, ...]:
    before = registry.manifest(asset.name, latest)
    if before is None:
        return ("first: no image is published yet",)
    known = registry.labels(asset.name, before).get(labels.INGREDIENTS)
    if known is None:
        return ("code: the published image doesn't say what it was made of",)
    return tuple(ingredients.changes(json.loads(known), found)) or ("time: its tag is gone from the registry",)
