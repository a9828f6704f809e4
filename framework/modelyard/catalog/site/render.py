"""The whole site: what changed is made, by as many processes as there are cores; the rest is taken over."""

from __future__ import annotations

import datetime
import hashlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from modelyard import serving
from modelyard.catalog.progress import Progress, Step
from modelyard.catalog.records import chronicling
from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.registry import Registry
from modelyard.catalog.site import changes, composing, manual, pages, pictures, reading, writing
from modelyard.catalog.site.manual import Manual
from modelyard.catalog.site.model import Catalog, File, Listed, Page, Sample, Stamp
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.reading import Reader, Source
from modelyard.catalog.site.templating import Templates
from modelyard.catalog.site.writing import Asked, Made, Memory, Remembered
from modelyard.catalog.workspace import Workspace

A = TypeVar("A")
B = TypeVar("B")

SHARED = Path(serving.__file__).parent / "page"
"""The container's page: its stylesheet and its drawing code are the site's, too."""

_STATIC = Path(__file__).parent / "static"
_CODE = (Path(__file__).parent, SHARED, Path(__file__).parents[1] / "records")
_ENDINGS = (".py", ".html", ".css", ".js", ".svg", ".txt")
_SHARED_ENDINGS = (".css", ".js", ".svg")
_A_CHUNK = 25
_WORTH_PROCESSES = 60
_CHANGES = 200


@dataclass(frozen=True)
class Rendered:
    """What became of a site.

    Attributes:
        output: Its folder.
        assets: How many assets it shows.
        made: The names of those whose pages were made; the others' were taken over.
        unreadable: Assets whose records in the registry can't be read, and why.
        seconds: How long it took.
    """

    output: Path
    assets: int
    made: Sequence[str]
    unreadable: Mapping[str, str]
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "output": str(self.output),
            "assets": self.assets,
            "made": list(self.made),
            "unreadable": dict(self.unreadable),
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Work:
    """What a process needs to make pages.

    Attributes:
        root: The catalog's folder.
        prefix: The registry and its folder.
        cache: The folder of this machine that keeps chronicles.
        index: The chronicles that the registry has.
        folder: Where pages are written.
        templates: What all pages share.
        stamp: When they are rendered.
        about: Hash of what all of them are made from.
    """

    root: Path
    prefix: str
    cache: Path
    index: Index
    folder: Path
    templates: Templates
    stamp: Stamp
    about: str


def render(
    workspace: Workspace, registry: Registry, cache: Path, output: Path, progress: Progress, *, afresh: bool = False
) -> Rendered:
    """Renders the site of a catalog.

    Args:
        workspace: The catalog.
        registry: Where it is published.
        cache: A folder of this machine for what was read before.
        output: Where the site goes; what stands there stays until all of the new one is there.
        progress: Who is told.
        afresh: Ask the registry about all assets, also about those that it was asked about a while ago.

    Raises:
        ModelyardError: The registry doesn't answer, or the folder holds something else or can't be written.
    """
    began = time.monotonic()
    output = output.absolute()
    with writing.replaced(output) as folder:
        before = writing.remembered(output)
        index, there = chronicling.index(registry), reading.there(registry)
        names = reading.names(workspace, there, index)
        known = {} if afresh else reading.known(before.assets, names, index, there, time.time())
        documents = manual.read(workspace)
        work = _work(workspace, registry, cache, index, folder, documented=bool(documents.documents))
        asked = [name for name in names if name not in known]
        n = len(names) if work.about != before.about else len(asked)
        with _several(n) as several, progress.step(f"site {output.name}") as step:
            for part in several(partial(_ask, work, there), _chunks(asked)):
                known |= part
                step.count(len(known), len(names), "reading the registry")
            stamps = {name: known[name].stamp for name in names}
            sources = reading.sources(workspace, names, stamps, index)
            memory, made = _assets(work, before, sources, known, output, several, step)
        if there is None:
            shown = {name: one for name, one in memory.assets.items() if _is_shown(one.listed, workspace)}
            memory = memory.model_copy(update={"assets": shown})
        _catalog(work, memory)
        static(folder)
        manual_made = _manual(work, documents, before, output)
        writing.remember(folder, memory.model_copy(update={"manual": manual_made}))
    states = {name: one.listed.state for name, one in memory.assets.items()}
    unreadable = {name: state.said for name, state in states.items() if state.name == "unreadable"}
    return Rendered(output, len(states), made, unreadable, time.monotonic() - began)


def _ask(work: Work, there: frozenset[str] | None, names: Sequence[str]) -> dict[str, Asked]:
    """What the registry says of assets now."""
    stamps, seen = reading.stamps(work.prefix, names, there), work.index.seen
    return {name: Asked(stamp=stamp, seen=seen.get(name, ""), at=time.time()) for name, stamp in stamps.items()}


def _is_shown(listed: Listed, workspace: Workspace) -> bool:
    return listed.versions > 0 or listed.name in {*workspace.asset_names(), *workspace.catalog.withdrawn}


def _work(
    workspace: Workspace, registry: Registry, cache: Path, index: Index, folder: Path, *, documented: bool
) -> Work:
    title, address = workspace.catalog.title, workspace.catalog.site_address or ""
    stamp = Stamp(datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), registry.prefix, "")
    parts = [title, address, registry.prefix, str(documented), _code()]
    about = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    templates = Templates(title, pages.navigation(documented=documented), address)
    return Work(workspace.root, registry.prefix, cache, index, folder, templates, stamp, about)


def _assets(
    work: Work,
    before: Memory,
    sources: Sequence[Source],
    asked: Mapping[str, Asked],
    output: Path,
    several: _Several,
    step: Step,
) -> tuple[Memory, list[str]]:
    """Takes over the pages of what didn't change, and makes the others."""
    found: dict[str, Remembered] = {}
    labels: dict[str, list[str]] = {}
    for source in sources:
        old = before.assets.get(source.name)
        # Without a chronicle nothing says that a page is made from what the registry has now.
        known = source.tag is not None or source.stamp == reading.NOTHING
        same = old is not None and known and old.inputs == source.inputs(work.about)
        if old is not None and same and writing.holds(output, old) and (not old.labels or old.labels in before.labels):
            writing.carry(output, work.folder, old.files)
            found[source.name] = old.model_copy(update={"asked": asked[source.name]})
            labels |= {old.labels: before.labels[old.labels]} if old.labels else {}
    todo = [(source, asked[source.name]) for source in sources if source.name not in found]
    for part in several(partial(make, work), _chunks(todo)):
        for one, named in part:
            found[one.listed.name] = one
            labels |= {one.labels: named} if one.labels else {}
        step.count(len(found), len(sources), "pages")
    memory = Memory(about=work.about, assets=dict(sorted(found.items())), labels=labels)
    return memory, [source.name for source, _ in todo]


def make(work: Work, sources: Iterable[tuple[Source, Asked]]) -> list[tuple[Remembered, list[str]]]:
    """Makes and writes the pages of some assets; gives what to remember of each, and the names of its classes."""
    reader = Reader(Workspace(work.root), reading.registry_of(work.prefix), work.index, work.cache)
    return [_asset(work, reader, source, asked) for source, asked in sources]


def _asset(work: Work, reader: Reader, source: Source, asked: Asked) -> tuple[Remembered, list[str]]:
    given, beside = reader.given(source), Beside(partial(reader.document, source.name))
    first = composing.shown(composing.current(given))
    samples: list[Sample] = []
    files: dict[str, tuple[int, int]] = {}
    if first is not None and "gallery" in first.documents:
        for sample, kept in pictures.samples(pictures.parse(beside.read(first.documents["gallery"]))):
            samples.append(sample)
            files |= {file.path: writing.write(work.folder, file.path, file.content) for file in kept}
    asset = composing.compose(given, samples, work.stamp)
    for one in pages.of_asset(asset, beside):
        files[one.path] = writing.write(work.folder, one.path, _content(work, one, asset.stamp))
    labels = given.described.labels if given.described else []
    remembered = Remembered(
        inputs=source.inputs(work.about),
        files=files,
        listed=asset.listed,
        changes=changes.of(given, asset),
        labels=hashlib.sha256("\n".join(labels).encode()).hexdigest()[:20] if labels else "",
        asked=asked,
    )
    return remembered, labels


def _catalog(work: Work, memory: Memory) -> None:
    """Makes the pages about many assets."""
    digest = hashlib.sha256("\n".join(one.inputs for one in memory.assets.values()).encode()).hexdigest()
    assets = memory.assets.values()
    catalog = Catalog(
        title=work.templates.title,
        assets=sorted((one.listed for one in assets), key=lambda one: (one.title.casefold(), one.name)),
        stamp=replace(work.stamp, digest=f"sha256:{digest}"),
        changes=changes.newest((change for one in assets for change in one.changes), _CHANGES),
        labels={one.listed.name: memory.labels[one.labels] for one in assets if one.labels},
        address=work.templates.address,
    )
    for one in pages.of_catalog(catalog):
        writing.write(work.folder, one.path, _content(work, one, catalog.stamp))


def _manual(work: Work, documents: Manual, before: Memory, output: Path) -> Made | None:
    """Takes over the documents' pages, or makes them where one of them changed."""
    if not documents.documents:
        return None
    inputs, old = documents.inputs(work.about), before.manual
    if old is not None and old.inputs == inputs and writing.holds(output, old):
        writing.carry(output, work.folder, old.files)
        return old
    files = {
        one.path: writing.write(work.folder, one.path, _content(work, one, work.stamp))
        for one in pages.of_manual(documents)
    }
    return Made(inputs=inputs, files=files)


def _content(work: Work, made: Page | File, stamp: Stamp) -> bytes:
    return made.content if isinstance(made, File) else work.templates.render(made, stamp)


def static(folder: Path) -> None:
    """The stylesheet, the drawing code and the mark of the container's page, and what only the site has."""
    for place, endings in ((SHARED, _SHARED_ENDINGS), (_STATIC, _ENDINGS)):
        for file in sorted(place.rglob("*")):
            if file.suffix in endings:
                writing.write(folder, f"static/{file.relative_to(place).as_posix()}", file.read_bytes())


def _code() -> str:
    """Hash of everything that says what pages look like."""
    whole = hashlib.sha256()
    for place in _CODE:
        for file in sorted(place.rglob("*")):
            if file.suffix in _ENDINGS:
                whole.update(f"{file.relative_to(place)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _chunks(items: Sequence[A]) -> list[Sequence[A]]:
    return [items[start : start + _A_CHUNK] for start in range(0, len(items), _A_CHUNK)]


class _Several(Protocol):
    def __call__(self, work: Callable[[A], B], items: Iterable[A], /) -> Iterable[B]: ...


@contextmanager
def _several(n: int) -> Iterator[_Several]:
    """What does something for each of many: processes, where that pays and no thread is there to be torn by a fork."""
    cores = os.cpu_count() or 1
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    if n < _WORTH_PROCESSES or cores == 1 or not forks:
        yield map
        return
    with ProcessPoolExecutor(cores, multiprocessing.get_context("fork")) as pool:
        pool.submit(os.getpid).result()  # all of them begin now, before there is a thread that shows progress
        yield pool.map
