"""A whole site from a registry in memory: assets in each state, texts of any kind, this repository's documents."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import PIL.Image
from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site.records import attack, gallery, quality

from modelyard.catalog.records import chronicling
from modelyard.catalog.records.chronicle import Chronicle, Described, Layer, Part, Told
from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.records.report import Checked
from modelyard.catalog.registry import Registry
from modelyard.catalog.site import composing, manual, pages, pictures, render, writing
from modelyard.catalog.site.composing import Given
from modelyard.catalog.site.manual import Document, Manual
from modelyard.catalog.site.model import Catalog, File, Listed, Page, Sample, Stamp
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.templating import Templates
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Card
from modelyard.manifest.catalog import Withdrawn

ROOT = Path(__file__).parents[3]
STAMP = Stamp("2026-01-09T00:00:00+00:00", "registry.test/folder", "")
SCRIPT = "<script>document.title = 'taken'</script>\"'><img src=x onerror=\"document.title = 'taken'\">"
RTL = "\u202eمصنف الصور يقول ما تظهره الصورة \u05e9\u05dc\u05d5\u05dd (v1.0)"
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 7

_DAY = "2026-01-0{}T00:00:00+00:00"


def asset(name: str, versions: int = 2, **more: Any) -> Given:
    """An asset that is well: its newest image passed.

    Args:
        name: Its name.
        versions: How many images it has.
        more: Other fields of what is known of it.
    """
    memory = MemoryRegistry()
    for number in range(versions):
        memory.publish(name, f"1.{number}.0", _DAY.format(number + 1), quality(name))
    return _known(memory, name, **more)


def described(name: str, text: str | None = None) -> Described:
    """What an asset says of itself; everything that may be any text is that text, where one is given."""

    def line(usual: str) -> str:
        return usual if text is None else text[:300] or " "

    card = Card(
        domain=line("Vision"), application=line("Sorting photos"), framework=line("TensorFlow"),
        training_data=line("A million photos"), input_format=line("A JPEG"), limits=line("It misses what is small."),
        ethical_considerations=line("It must decide nothing about people."), not_for=line("Security"),
        known_failures=line("A cup that is a bowl"),
        papers=["https://papers.test/1", "https://papers.test/2"], links=[line("nowhere")],
    )  # fmt: skip
    prose = (
        "# Title\n\nIt **says** what a photo shows, see [the paper](https://papers.test/1).\n\n## Limits\n\n- small\n"
    )
    return Described(
        title=line(name.replace("-", " ").title()),
        summary=line("Says which of 1,000 things a photo shows."),
        task="image-classification",
        license="Apache-2.0",
        source="https://models.test/origin",
        card=card,
        weights=[Part(name=line("net.tflite"), license="Apache-2.0", source="https://models.test/net")],
        samples=[Part(name="cat.jpg", license="CC0-1.0", source=line("Drawn for this"))],
        prose=prose if text is None else f"{text}\n\n## {text}\n\n{text}\n\n    {text}",
    )


def given() -> list[tuple[Given, list[str]]]:
    """All assets of the site, each with what is said under the pictures of its gallery."""
    fine = ["cat 93.1 %", "dog 71.0 %", "sofa 44.2 %"]
    hostile = {"hostile": SCRIPT, "right-to-left": RTL, "very-long": LONG, "empty": ""}
    return [
        (asset("fine", 4, described=described("fine")), fine),
        (_first(asset("first-of-its-line", 1, described=described("first-of-its-line"))), fine[:1]),
        (_waived(asset("waived", described=described("waived"))), fine),
        (_stopped("blocked", published=0), []),
        (_stopped("held-back", published=1), fine),
        (_rolled_back("rolled-back"), fine),
        (asset("old", wanted=False, withdrawn=Withdrawn(why="it sees what isn't there", instead="fine")), []),
        (Given("unpublished", "registry.test/folder/unpublished", None, described("unpublished"), True, None), []),
        (asset("unreadable", described=described("unreadable"), trouble="the registry said 500"), []),
        (_without_figures(asset("no-figures", described=described("no-figures"))), []),
        *((_said(asset(name, described=described(name, text)), text), [text] * 2) for name, text in hostile.items()),
    ]


def write(folder: Path, catalog: Iterable[tuple[Given, list[str]]], address: str = "") -> None:
    """Renders the site into a folder.

    Args:
        folder: An empty one.
        catalog: Its assets.
        address: Where it is shown; empty where nobody knows.
    """
    templates = Templates("Some Catalog", pages.navigation(), address)

    def put(made: Iterable[Page | File], stamp: Stamp) -> None:
        for one in made:
            writing.write(folder, one.path, one.content if isinstance(one, File) else templates.render(one, stamp))

    listed: list[Listed] = []
    for known, said in catalog:
        documents = {
            "sha256:gallery": gallery(known.name, said, _photo()),
            "sha256:attack": attack(known.name, said[0] if len(set(said)) < len(said) else None),
        }
        samples: list[Sample] = []
        for sample, kept in pictures.samples(pictures.parse(documents["sha256:gallery"])):
            samples.append(sample)
            put(kept, STAMP)
        composed = composing.compose(known, samples, STAMP)
        put(pages.of_asset(composed, Beside(documents.get)), composed.stamp)
        listed.append(composed.listed)
    put(pages.of_catalog(Catalog("Some Catalog", listed, STAMP)), STAMP)
    put(pages.of_manual(_documents(frozenset(one.name for one in listed))), STAMP)
    render.static(folder)


def _documents(assets: frozenset[str]) -> Manual:
    """This repository's, and one that is hostile."""
    real = manual.read(Workspace(ROOT))
    text = f"# {SCRIPT}\n\n" + "\n\n".join(
        f"## {text}\n\n{text}\n\n```{text}\n{text}\n```" for text in (SCRIPT, RTL, LONG)
    )
    odd = Document("docs/odd.md", "docs/odd.html", f"{text}\n\n| {SCRIPT} | |\n|--:|---|\n| {LONG} | {RTL} |\n")
    return dataclasses.replace(real, documents={**real.documents, odd.source: odd}, assets=assets)


def _known(memory: MemoryRegistry, name: str, **more: Any) -> Given:
    registry = cast(Registry, memory)
    told = chronicling.gather(registry, name, None, Index()).chronicle
    fields = {"chronicle": _filled(told), "described": None, "wanted": True, "withdrawn": None, **more}
    return Given(name=name, repository=registry.repository(name), **fields)


def _filled(chronicle: Chronicle) -> Chronicle:
    """The same with what a registry in memory doesn't tell: layers, licences, documents."""
    return _changed(
        chronicle,
        licences={"modelyard": "Apache-2.0", "numpy": "BSD-3-Clause", "libc6": "LGPL-2.1-or-later"},
        documents={"attack": "sha256:attack"},
        layers=[Layer(size=28_000_000, made_by="ADD rootfs"), Layer(size=14_000_000, made_by="COPY weights /weights")],
        measures={"image size": 257.0, "ready": 0.8, "memory": 196.0},
    )


def _changed(chronicle: Chronicle, **update: Any) -> Chronicle:
    """The same with another newest image."""
    if not chronicle.images:
        return chronicle
    newest: Told = chronicle.images[0].model_copy(update=update)
    return chronicle.model_copy(update={"images": [newest, *chronicle.images[1:]]})


def _newest(known: Given, **update: Any) -> Given:
    assert known.chronicle
    return dataclasses.replace(known, chronicle=_changed(known.chronicle, **update))


_first = partial(_newest, verdict="first of its line")
_waived = partial(
    _newest,
    verdict="waived",
    failed=[Checked(name="quality accuracy", passed=False, said="0.71 is below 0.9", waived="labels are wrong")],
)
_without_figures = partial(_newest, quality=None, figures={}, measures={}, layers=[], licences={})


def _said(known: Given, text: str) -> Given:
    """An asset whose records hold a text wherever they may hold any."""
    failed = [Checked(name=text or "a check", passed=False, said=text, waived=text)]
    parts: Mapping[str, str] = {text or "numpy": text}
    return _newest(
        known, cause=[text], failed=failed, licences=parts, title=text, quality=quality(known.name, text or None),
        layers=[Layer(size=1_000, made_by=text)],
    )  # fmt: skip


def _stopped(name: str, published: int) -> Given:
    memory = MemoryRegistry()
    for number in range(published):
        memory.publish(name, f"1.{number}.0", _DAY.format(number + 1), quality(name))
    memory.stop(name, "1.9.0", _DAY.format(8))
    return _known(memory, name, described=described(name))


def _rolled_back(name: str) -> Given:
    memory = MemoryRegistry()
    first = memory.publish(name, "1.0.0", _DAY.format(1), quality(name))
    memory.publish(name, "1.1.0", _DAY.format(2), quality(name))
    memory.move(name, first, "1.0.0", _DAY.format(3), "rollback")
    return _known(memory, name, described=described(name))


def _photo() -> bytes:
    file = io.BytesIO()
    PIL.Image.linear_gradient("L").resize((480, 320)).save(file, "WEBP")
    return file.getvalue()
