"""A made-up catalog of some models, and its whole site in a folder: no registry, no container."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tests.catalog.records.memory import MemoryRegistry

from modelyard.catalog.records import chronicling
from modelyard.catalog.records.chronicle import Described
from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.records.quality import Figure, Quality
from modelyard.catalog.registry import Registry
from modelyard.catalog.site import changes, composing, pages, render, writing
from modelyard.catalog.site.composing import Given
from modelyard.catalog.site.model import Asset, Catalog, File, Page, Stamp
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.templating import Templates
from modelyard.manifest.asset import Card
from modelyard.manifest.catalog import Withdrawn

STAMP = Stamp("2026-01-05T00:00:00+00:00", "registry.test/folder", "sha256:0")


def described(title: str, task: str = "image-classification", **more: Any) -> Described:
    """What an asset says of itself."""
    card = Card(
        domain=more.pop("domain", "Vision"), application="to try things", framework="none", training_data="none",
        input_format="a picture", limits="many", ethical_considerations="none", papers=more.pop("papers", []),
    )  # fmt: skip
    given = {"summary": f"{title} for everybody.", "license": "Apache-2.0", "labels": [], **more}
    return Described(title=title, task=task, source="here", card=card, weights=[], samples=[], prose="", **given)


def quality(name: str, version: str, accuracy: float, data: str = "0") -> Quality:
    """Figures over labelled data."""
    figure = Figure(value=accuracy, low=accuracy - 0.02, high=accuracy + 0.02)
    return Quality(
        n=50, metrics={"accuracy": figure}, name=name, version=version, task="image-classification", data=data,
        origin="Made up", latency=0.01, slices={"source": {"web": {"n": 20, "metrics": {"accuracy": figure}}}},
    )  # fmt: skip


def compose(
    memory: MemoryRegistry, name: str, said: Described | None = None, withdrawn: Withdrawn | None = None
) -> tuple[Given, Asset]:
    """An asset, as its pages show it."""
    registry = cast(Registry, memory)
    told = chronicling.gather(registry, name, said, Index()).chronicle
    given = Given(name, registry.repository(name), told, said, wanted=withdrawn is None, withdrawn=withdrawn)
    return given, composing.compose(given, [], STAMP)


def catalog(
    memory: MemoryRegistry, said: Mapping[str, Described], withdrawn: Mapping[str, Withdrawn] | None = None, **more: Any
) -> tuple[Catalog, list[Asset]]:
    """All assets, as pages about many show them, and each of them."""
    found = {name: compose(memory, name, one, (withdrawn or {}).get(name)) for name, one in said.items()}
    happened = [change for given, asset in found.values() for change in changes.of(given, asset)]
    whole = Catalog(
        title="Some Catalog",
        assets=sorted((asset.listed for _, asset in found.values()), key=lambda one: one.title),
        stamp=STAMP,
        changes=changes.newest(happened, 200),
        labels={name: one.labels for name, one in said.items() if one.labels},
        **more,
    )
    return whole, [asset for _, asset in found.values()]


def write(folder: Path, whole: Catalog, assets: list[Asset]) -> None:
    """The site in a folder."""
    templates = Templates(whole.title, pages.navigation())
    made = [one for asset in assets for one in pages.of_asset(asset, Beside(lambda _digest: None))]
    for one in [*made, *pages.of_catalog(whole)]:
        writing.write(folder, one.path, one.content if isinstance(one, File) else templates.render(one, whole.stamp))
    render.static(folder)


def page(whole: Catalog, path: str) -> str:
    """One page about many assets."""
    (found,) = (one for one in pages.of_catalog(whole) if one.path == path)
    if isinstance(found, Page):
        return Templates(whole.title, pages.navigation()).render(found, whole.stamp).decode()
    return found.content.decode()
