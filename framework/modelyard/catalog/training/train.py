"""Training an asset's weights, unless somebody did it already."""

from __future__ import annotations

import datetime
import hashlib
import math
import os
import platform
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog import ingredients as images
from modelyard.catalog.building import convert
from modelyard.catalog.building.fetching import fetch_all, fetch_each
from modelyard.catalog.containers.context import Entry
from modelyard.catalog.ingredients import Ingredients
from modelyard.catalog.local import Local
from modelyard.catalog.records.report import Machine
from modelyard.catalog.registry import Registry, RegistryDown
from modelyard.catalog.training import curves, declaring, example, ingredients, shelf
from modelyard.catalog.training.ingredients import Brought
from modelyard.catalog.training.job import FILE, Job
from modelyard.catalog.training.report import TrainingReport, shortfalls
from modelyard.catalog.training.running import Course, Place
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.version import VERSION

_TENSORFLOW = "tensorflow"


@dataclass(frozen=True)
class Trained:
    """What became of the wish to train.

    Attributes:
        report: The training's report.
        anew: Whether it was done now; else the registry had it.
        said: What was written, and what is left to do, a line each.
    """

    report: TrainingReport
    anew: bool
    said: Sequence[str]


@dataclass(frozen=True)
class Trainer:
    """What it takes to train."""

    local: Local
    registry: Registry
    place: Place

    def train(self, asset: Asset, brought: Brought = Brought(), *, again: bool = False) -> Trained:  # noqa: B008
        """Trains an asset's weights and writes them to the registry and to its folder.

        What the registry has under the same key is taken from there. Where the registry is out of reach, the weights
        are written to the folder alone.

        Args:
            asset: Whose weights.
            brought: Data that somebody brought.
            again: Train also what the registry has.

        Raises:
            ModelyardError: The training failed, or its figures miss what asset.yaml wants of them; nothing is written.
        """
        workspace, note = self.local.workspace, self.local.progress.note
        labels = self._labels(asset, brought)
        found = ingredients.of_training(workspace, asset, labels, brought)
        key = images.key(found)
        files = self._look_up(asset, key)
        before = shelf.report_in(files) if files else declaring.earlier(workspace, asset)
        anew = files is None or again
        if files is None or again:
            files = self._run(asset, labels, found, brought)
        report = shelf.report_in(files)
        declaring.check_names(asset, list(report.files))
        same = before if anew and before is not None and before.key == key else None
        if missed := shortfalls(report.metrics, ingredients.declared(asset).metrics, same):
            raise ModelyardError("\n".join(f"{asset.name}: {line}" for line in missed))
        if anew:
            try:
                shelf.keep(self.registry, asset.name, key, files)
            except RegistryDown:
                note(f"{self.registry.host} is out of reach: the weights are in the asset's folder alone")
        labelled = brought.own is not None
        return Trained(report, anew, declaring.write(workspace, asset, report, files, labels=labelled))

    def _labels(self, asset: Asset, brought: Brought) -> tuple[str, ...]:
        """The classes to be learned: those of the data that somebody brought, or else the asset's."""
        if asset.labels is None:
            return ()
        known = ingredients.labels(self.local.workspace, asset)
        return known if brought.own is None else example.labels(brought.own, known)

    def _look_up(self, asset: Asset, key: str) -> dict[str, bytes] | None:
        try:
            return shelf.find(self.registry, asset.name, key)
        except RegistryDown:
            self.local.progress.note(
                f"{self.registry.host} is out of reach: nobody knows whether this was trained before"
            )
            return None

    def _run(self, asset: Asset, labels: Sequence[str], found: Ingredients, brought: Brought) -> dict[str, bytes]:
        """The files of a training that is done now, its report among them."""
        training = ingredients.declared(asset)
        progress = self.local.progress
        with tempfile.TemporaryDirectory(prefix="modelyard-") as name:
            empty = Path(name, "empty")
            empty.mkdir()
            entries = self._entries(asset, labels, brought, empty)
            began = time.monotonic()
            with progress.step(f"train {asset.name}") as step:
                course = Course(step, progress.note)
                self.place.run(asset, entries, Path(name, "output"), course)
            seconds = time.monotonic() - began
            weights = _read(Path(name, "output"))
        if not course.metrics:
            raise ModelyardError(f"{asset.name}: train.py didn't call training.finish(…) with its figures")
        if wrong := [metric for metric, value in course.metrics.items() if not math.isfinite(value)]:
            raise ModelyardError(f"{asset.name}: {', '.join(wrong)} is no number: see where the training diverges")
        report = TrainingReport(
            name=asset.name,
            key=images.key(found),
            ingredients=dict(found),
            seed=training.seed,
            labels=list(labels),
            files={file: hashlib.sha256(content).hexdigest() for file, content in weights.items()},
            metrics=course.metrics,
            epochs=course.epochs,
            seconds=round(seconds, 1),
            made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            machine=Machine(processor=platform.machine(), cores=os.cpu_count() or 1, system=platform.system()),
            modelyard=VERSION,
        )
        return {
            **weights,
            declaring.REPORT: report.model_dump_json(indent=1).encode(),
            declaring.CURVES: curves.draw(course.epochs),
        }

    def _entries(self, asset: Asset, labels: Sequence[str], brought: Brought, empty: Path) -> Mapping[str, Entry]:
        """All that the training is given, by name."""
        training, local = ingredients.declared(asset), self.local
        folder = local.workspace.folder(asset.name)
        job = Job(seed=training.seed, labels=list(labels))
        entries: dict[str, Entry] = {"data": empty, "weights": empty, "output": empty, "scratch": empty}
        for file in ingredients.code(folder):
            entries[f"asset/{file.relative_to(folder).as_posix()}"] = file
        if brought.own is not None:
            job = job.model_copy(update={"own": f"own/{brought.own.resolve().name}"})
            entries[f"own/{brought.own.resolve().name}"] = brought.own
        else:
            for path, place in fetch_each(local.workspace, local.cache, asset, training.data, local.progress).items():
                entries[f"data/{path}"] = place
        if brought.feedback is not None:
            job = job.model_copy(update={"feedback": "feedback.jsonl"})
            entries["feedback.jsonl"] = brought.feedback
        if others := ingredients.others(asset):
            rest = asset.model_copy(update={"weights": others})
            fetched = fetch_all(local.workspace, local.cache, rest, local.progress)
            converter = self.place.converter(asset)
            converted = convert.for_runtime(local.workspace, local.cache, rest, fetched, _TENSORFLOW, converter)
            for path, place in converted.items():
                entries[f"weights/{path}"] = place
        entries[FILE] = job.model_dump_json().encode()
        for parent in ("data", "weights"):
            if any(name.startswith(f"{parent}/") for name in entries):
                del entries[parent]
        return entries


def _read(folder: Path) -> dict[str, bytes]:
    """The files that a training wrote, by name."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            raise ModelyardError(f"the training wrote {path.name} to its output: write plain files, and no folders")
        found[path.name] = path.read_bytes()
    return found
