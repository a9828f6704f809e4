"""A change held to all gates as a release would hold it: made in a copy of the catalog, built, examined, undone.

Nothing of it is published. What it is compared with is the catalog as it is: where its registry hasn't that, it is
published to a folder of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from docker.errors import APIError
from rich.console import Console

from modelyard import tasks
from modelyard.catalog.checking.running import start
from modelyard.catalog.planning.plan import Planned, plan
from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.publishing.release import release
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import Cache, open_cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.serving.samples import fields
from scripts.benchmarks._faults.fault import Change, Place

_FIRST_WORDS = {
    "sample": "samples", "odd": "odd inputs", "conversion": "conversion", "quality": "quality", "robust": "robustness",
    "gap": "slices", "slices": "slices",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of a change.

    Attributes:
        key: Of the image.
        gates: Those that stopped it; none where it may be published.
        said: The first line of evidence of each.
        verdict: The report's, or `quiet`, or `nothing to build`.
        seconds: From the change to the verdict.
        recorded: Whether any sample's answer was recorded anew.
    """

    key: str
    gates: list[str]
    said: list[str]
    verdict: str
    seconds: float
    recorded: bool = False


@dataclass(frozen=True)
class Baseline:
    """What changes are compared with.

    Attributes:
        key: Of the catalog's own image.
        registry: The folder of a registry that has it; nothing is pushed there any more.
    """

    key: str
    registry: str


@dataclass
class Copy:
    """A copy of the catalog, in which changes are made and undone.

    Attributes:
        root: Of the catalog.
        folder: Of the copy.
        log: Told what the builder does.
        cache: Weights and data of this machine.
    """

    root: Path
    folder: Path
    log: TextIO
    cache: Cache = field(default_factory=open_cache)

    def restore(self) -> None:
        """Makes the copy what the catalog is."""
        command = ["git", "ls-files", "-z", "--cached", "--", "assets", "framework", "Dockerfile.base", ".dockerignore",
                   "catalog.yaml"]  # fmt: skip
        listed = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout
        wanted = {name for name in listed.split("\0") if name and (self.root / name).is_file()}
        self.folder.mkdir(exist_ok=True)
        for file in [file for file in self.folder.rglob("*") if file.is_file()]:
            if file.relative_to(self.folder).as_posix() not in wanted:
                file.unlink()
        for name in wanted:
            there, here = self.root / name, self.folder / name
            if not here.is_file() or here.read_bytes() != there.read_bytes():
                here.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(there, here)

    def builder(self, registry: str) -> Builder:
        """What builds the copy as it is now, beside what a registry's folder has."""
        progress = Progress(Console(file=self.log, highlight=False, width=200))
        return Builder(Workspace(self.folder), Registry(registry), self.cache, progress)

    def baseline(self, asset: str) -> Baseline:
        """The catalog's own image, published to a folder of its own unless the catalog's registry has it.

        Raises:
            ModelyardError: It is stopped itself.
        """
        self.restore()
        workspace = Workspace(self.folder)
        declared = workspace.catalog.registry
        (planned,) = plan(workspace, Registry(declared), [asset], ["cpu"])
        if planned.state == "published":
            return Baseline(planned.key, declared)
        own = f"{declared.partition('/')[0]}/bench-gates-{planned.key[:12]}"
        (released,) = release(self.builder(own), [asset], ["cpu"], retry=True)
        if released.outcome not in ("published", "unchanged", "finished"):
            failed = [check.to_text() for check in released.report.failed] if released.report else [released.said]
            raise ModelyardError(f"{asset} as it is can't be published: {'; '.join(map(str, failed))}")
        return Baseline(planned.key, own)

    def key(self, asset: str, changes: Iterable[Change], baseline: Baseline) -> str:
        """The key of the image with changes."""
        with self.changed(asset, changes, baseline) as builder:
            return plan(builder.workspace, builder.registry, [asset], ["cpu"])[0].key

    @contextmanager
    def changed(self, asset: str, changes: Iterable[Change], baseline: Baseline) -> Iterator[Builder]:
        """The copy with changes; in the end they are undone."""
        self.restore()
        try:
            for change in changes:
                change.apply(Place(self.folder, asset, self.cache))
            yield self.builder(baseline.registry)
        finally:
            self.restore()

    def as_it_is(self, asset: str, changes: Iterable[Change], baseline: Baseline) -> Outcome:
        """Holds an image with changes to everything."""
        began = time.monotonic()
        with self.changed(asset, changes, baseline) as builder:
            return _examined(builder, asset, began)

    def recorded_anew(self, asset: str, changes: Iterable[Change], baseline: Baseline) -> Outcome:
        """The same, with the expected answers of its samples recorded with the changes."""
        began = time.monotonic()
        with self.changed(asset, changes, baseline) as builder:
            recorded = _record(builder, asset)
            return replace(_examined(builder, asset, began), recorded=recorded)


def _examined(builder: Builder, asset: str, began: float) -> Outcome:
    (planned,) = plan(builder.workspace, builder.registry, [asset], ["cpu"])
    if planned.published is not None:
        return Outcome(planned.key, [], [], "nothing to build", time.monotonic() - began)
    try:
        image = builder.build(planned)
    except ModelyardError as error:
        return Outcome(planned.key, ["build"], [str(error)], "blocked", time.monotonic() - began)
    try:
        examined = builder.examine(planned, image)
    finally:
        _forget(builder, image)
    report = examined.report(planned)
    gates = {gate(check.name): check for check in reversed(report.failed)}
    verdict = "quiet" if examined.quiet and not report.failed else report.verdict
    said = [check.to_text().removeprefix("FAILED ") for check in reversed(gates.values())]
    return Outcome(planned.key, list(reversed(gates)), said, verdict, time.monotonic() - began)


def _record(builder: Builder, asset: str) -> bool:
    """Writes what the image answers to its samples into their expected answers; whether it answered any."""
    (planned,) = plan(builder.workspace, builder.registry, [asset], ["cpu"])
    image = builder.build(planned)
    try:
        return _record_from(builder, planned, image)
    finally:
        _forget(builder, image)


def _record_from(builder: Builder, planned: Planned, image: str) -> bool:
    folder, task = builder.workspace.folder(planned.asset.name), tasks.load(planned.asset.task)
    recorded = False
    try:
        with start(builder.client, image) as running:
            send = running.send(task.input.field)
            for sample in planned.asset.samples:
                if sample.expected is None:
                    continue
                code, body = send((folder / sample.input).read_bytes(), fields(sample))
                if code == 200:
                    task.write(task.parse(body), folder / sample.expected)
                    recorded = True
    except ModelyardError as error:
        print(f"{planned.name}: nothing more can be recorded: {error}", file=sys.stderr)
    return recorded


def _forget(builder: Builder, image: str) -> None:
    """Removes an image that nobody needs any more."""
    try:
        builder.client.images.remove(image)
    except APIError as error:
        print(f"{image} stays on this machine: {error.explanation}", file=sys.stderr)


def gate(check: str) -> str:
    """The gate that a check belongs to, such as `samples` of `sample cat.jpg`."""
    words = check.split()
    if " by " in check and words[0] != "gap":
        return "slices"
    return _FIRST_WORDS.get(words[0], check)
