"""What a release would do: for each image, whether it is published, and if not, why it is built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from modelyard.catalog import evidence, ingredients, labels
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
        tags: The tags that should point to it.
        unfinished: What a published image still lacks: tags that don't point to it, or its report.
        quarantine: The report that keeps this very key from being tried again.
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
        return f"key-{self.key}"

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


def moving_tags(asset: Asset, variant: Variant) -> tuple[str, ...]:
    """The tags that follow the newest image; `latest` and the bare version are the cpu's."""
    suffix = "" if variant == "cpu" else f"-{variant}"
    return (f"{asset.version}{suffix}", f"latest{suffix}")


def _planned(workspace: Workspace, registry: Registry, asset: Asset, variant: Variant) -> Planned:
    found = ingredients.of_image(workspace, asset, variant)
    key = ingredients.key(found)
    tags = moving_tags(asset, variant)
    published = registry.manifest(asset.name, f"key-{key}")
    cause: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    quarantine = None
    if published is None:
        cause = _cause(registry, asset, tags[-1], found)
        quarantine = evidence.quarantine(registry, asset.name, key)
    else:
        heads = {tag: registry.manifest(asset.name, tag) for tag in tags}
        unfinished = tuple(tag for tag, head in heads.items() if head is None or head.digest != published.digest)
        if not evidence.has_report(registry, asset.name, published):
            unfinished = ("report", *unfinished)
    return Planned(asset, variant, found, key, published, cause, tags, unfinished, quarantine)


def _cause(registry: Registry, asset: Asset, latest: str, found: ingredients.Ingredients) -> tuple[str, ...]:
    before = registry.manifest(asset.name, latest)
    if before is None:
        return ("first: no image is published yet",)
    known = registry.labels(asset.name, before).get(labels.INGREDIENTS)
    if known is None:
        return ("code: the published image doesn't say what it was made of",)
    return tuple(ingredients.changes(json.loads(known), found)) or ("time: its tag is gone from the registry",)
