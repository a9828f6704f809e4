"""Writing expected answers: what the model says now, for a person to look at."""

from __future__ import annotations

import difflib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from modelyard import tasks
from modelyard.catalog.authoring import entries, manifest
from modelyard.catalog.linted import MANIFEST
from modelyard.catalog.local import Local
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Sample, Variant
from modelyard.serving.samples import Send, fields, message
from modelyard.serving.served import read_labels
from modelyard.tasks.task import Task

_LICENSE = "TODO"
_ORIGIN = "TODO where it comes from, and by whom"
_SHOWN = 30


@dataclass(frozen=True)
class Recorded:
    """What became of one sample.

    Attributes:
        input: The sample, from the asset's folder.
        added: Whether asset.yaml has it only now.
        said: In a line: the answer, and how far it is from the one before; or the refusal.
        expected: The file that was written; None where the model refused it.
        picture: The picture of its answer.
        changes: How the text of the expected answer changed, where it is one that people read.
    """

    input: str
    added: bool
    said: str
    expected: str | None = None
    picture: Path | None = None
    changes: tuple[str, ...] = ()


def record(
    local: Local, asset: Asset, variant: Variant, files: Sequence[str], pictures: Path | None = None
) -> Iterator[Recorded]:
    """Answers samples here, and keeps the answers in the files that `expected` names.

    A file that asset.yaml doesn't name yet is copied into samples/ and added to it, with TODOs for its licence and its
    origin; one that the model refuses is added as a bad sample.

    Args:
        local: What runs the asset.
        asset: The asset.
        variant: Which of its variants answers.
        files: The samples, by their `input` in asset.yaml, and new files; all good samples if none is named.
        pictures: The folder for a picture of each answer; one that git ignores if left out.

    Raises:
        ModelyardError: A file is none, or the model gives no answer.
    """
    folder = local.workspace.folder(asset.name)
    chosen = _chosen(folder, asset, files)
    text = (folder / MANIFEST).read_text("utf-8")
    if any(one.added for one in chosen):
        entries.with_samples(text, [], f"assets/{asset.name}/{MANIFEST}")  # before anything is written
    recorder = _Recorder(folder, tasks.load(asset.task), read_labels(folder, asset), pictures or _ignored(local, asset))
    with local.answering(asset, variant) as send:
        for one in chosen:
            yield recorder.record(one, send)
            if one.added:
                text = entries.with_samples(text, [recorder.entry], f"assets/{asset.name}/{MANIFEST}")
                _replace(folder / MANIFEST, text)


@dataclass(frozen=True)
class _Chosen:
    """A sample to record, and the file that it is copied from where it is new."""

    sample: Sample
    source: Path | None = None

    @property
    def added(self) -> bool:
        return self.source is not None


def _chosen(folder: Path, asset: Asset, files: Sequence[str]) -> list[_Chosen]:
    if not files:
        return [_Chosen(sample) for sample in asset.samples if sample.error is None]
    taken = {file for sample in asset.samples for file in (sample.input, sample.expected)}
    suffix = tasks.load(asset.task).suffix
    found = []
    for file in files:
        known = next((one for one in asset.samples if _is(folder, one, file)), None)
        if known is not None and known.error is not None:
            raise ModelyardError(f"{file!r} is a bad sample of {asset.name}: it has no answer to record")
        one = _Chosen(known) if known else _new(folder, asset, Path(file), taken, suffix)
        taken.update((one.sample.input, one.sample.expected))
        found.append(one)
    return found


def _is(folder: Path, sample: Sample, file: str) -> bool:
    there = folder / sample.input
    return file in (sample.input, sample.name) or (Path(file).exists() and there.exists() and there.samefile(file))


def _new(folder: Path, asset: Asset, source: Path, taken: set[str | None], suffix: str) -> _Chosen:
    """A sample that asset.yaml doesn't name yet."""
    if not source.is_file():
        known = ", ".join(sample.input for sample in asset.samples if sample.error is None)
        raise ModelyardError(f"{str(source)!r} is no file, and no sample of {asset.name}; it has: {known}")
    inside = source.resolve().is_relative_to(folder.resolve())
    name = source.resolve().relative_to(folder.resolve()).as_posix() if inside else f"samples/{source.name}"
    place = folder / name
    if name in taken or (place.exists() and place.read_bytes() != source.read_bytes()):
        raise ModelyardError(f"{name} is there already, with something else in it: give {source} another name")
    stem = PurePosixPath(name).name.partition(".")[0] or "sample"
    choices = [f"samples/{one}.expected{suffix}" for one in (stem, PurePosixPath(name).name)]
    expected = next((one for one in choices if one not in taken), None)
    if expected is None:
        raise ModelyardError(f"{choices[0]} and {choices[1]} are taken: give {source} another name")
    return _Chosen(Sample(input=name, expected=expected, license=_LICENSE, origin=_ORIGIN), source)


class _Recorder:
    """Asks, writes and draws."""

    def __init__(self, folder: Path, task: Task[Any, Any], labels: Sequence[str], pictures: Path) -> None:
        self._folder, self._task, self._labels, self._pictures = folder, task, labels, pictures
        self.entry = ""
        """What asset.yaml is to say of the sample that was recorded last."""

    def record(self, one: _Chosen, send: Send) -> Recorded:
        """Records one sample.

        Raises:
            ModelyardError: The model gives no answer.
        """
        sample = one.sample
        source = one.source or self._folder / sample.input
        data = source.read_bytes()
        code, body = send(data, fields(sample))
        assert sample.expected is not None
        if 400 <= code < 500 and one.added:
            self._take_in(one)
            self.entry = manifest.sample(sample.input, _LICENSE, _ORIGIN, error=code)
            return Recorded(sample.input, True, f"refused with {code} {message(body)}: a bad sample")
        if code != 200:
            raise ModelyardError(f"{sample.input} gets no answer but {code} {message(body)}; the log is above")
        answer = self._task.parse(body)
        said, changes = self._write(sample, answer)
        self._take_in(one)
        self.entry = manifest.sample(sample.input, _LICENSE, _ORIGIN, expected=sample.expected)
        return Recorded(sample.input, one.added, said, sample.expected, self._draw(sample, data, answer), changes)

    def _take_in(self, one: _Chosen) -> None:
        place = self._folder / one.sample.input
        if one.source and not (place.exists() and place.samefile(one.source)):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.source, place)

    def _write(self, sample: Sample, answer: Any) -> tuple[str, tuple[str, ...]]:
        """Keeps the answer; what it is against the one before, and how the text changed."""
        assert sample.expected is not None
        place = self._folder / sample.expected
        before = _lines(place)
        said = self._task.describe(answer, self._labels)
        if place.is_file():
            said = self._moved(place, sample, answer)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._task.write(answer, place)
        after = _lines(place)
        if before is None or after is None:
            return said, ()
        changes = list(difflib.unified_diff(before, after, "before", "now", n=1, lineterm=""))
        more = [f"… and {len(changes) - _SHOWN} lines more"] if len(changes) > _SHOWN else []
        return said, (*changes[:_SHOWN], *more)

    def _moved(self, place: Path, sample: Sample, answer: Any) -> str:
        now = self._task.describe(answer, self._labels)
        try:
            old = self._task.read(place)
        except ModelyardError as error:
            return f"{now}; what was there is no answer: {error}"
        compared = self._task.compare(old, answer, sample.tolerance, self._labels)
        if not any(compared.measures.values()):
            return f"as before: {now}"
        measured = "; ".join(f"{name} {value:.4g}" for name, value in compared.measures.items())
        within = "within its tolerance" if compared.passed else "beyond its tolerance"
        return f"moved {within} ({measured}): was {self._task.describe(old, self._labels)}; is {now}"

    def _draw(self, sample: Sample, data: bytes, answer: Any) -> Path:
        self._pictures.mkdir(parents=True, exist_ok=True)
        place = self._pictures / f"{PurePosixPath(sample.name).name.replace('.', '-')}.png"
        self._task.draw(self._task.input.parse(data), answer, self._labels).save(place)
        return place


def _lines(file: Path) -> list[str] | None:
    """The lines of an expected answer that people read; None where there is none, or none of that sort."""
    if file.suffix != ".json" or not file.is_file():
        return None
    text = file.read_text("utf-8", errors="replace")
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()


def _replace(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, "utf-8")
    os.replace(beside, file)


def _ignored(local: Local, asset: Asset) -> Path:
    """A folder of the catalog that git ignores, by a file of its own."""
    build = local.workspace.root / "build"
    build.mkdir(exist_ok=True)
    (build / ".gitignore").write_text("*\n", "utf-8")
    return build / "pictures" / asset.name
