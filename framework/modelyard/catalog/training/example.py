"""Labelled examples that people bring: data of their own, and reviewed feedback."""

from __future__ import annotations

import base64
import binascii
import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError

_LONGEST_LABEL = 100
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True)
class Example:
    """An input with its right answer.

    Attributes:
        data: What a client would send: a file's bytes, or a text in UTF-8.
        truth: The right answer, as it was given.
        where: The file, and the line, that it comes from.
    """

    data: bytes
    truth: Any
    where: str

    @property
    def text(self) -> str:
        """The data as text.

        Raises:
            ModelyardError: It is no UTF-8.
        """
        try:
            return self.data.decode()
        except UnicodeDecodeError:
            raise ModelyardError(f"{self.where}: it is no UTF-8 text") from None

    @property
    def label(self) -> str:
        """The truth as the name of a class, also where it was given as an answer of a classifier.

        Raises:
            ModelyardError: It names no class.
        """
        truth = self.truth
        if isinstance(truth, Mapping):
            entries = truth.get("predictions", [truth])
            truth = entries[0] if isinstance(entries, list) and entries else None
            if isinstance(truth, Mapping):
                truth = truth["label"] if "label" in truth else _likeliest(truth)
        if not isinstance(truth, str) or not truth.strip() or len(truth) > _LONGEST_LABEL or not truth.isprintable():
            raise ModelyardError(f"{self.where}: it names no class: give a label, of one line")
        return truth.strip()


def read(place: Path) -> Iterator[Example]:
    """Labelled examples, in the order of their names or lines.

    Args:
        place: A folder with one folder for each class, full of files; or a file `.csv` with the columns `text` and
            `label`; or a file `.jsonl` of such objects, or of such as feedback is kept in.

    Raises:
        ModelyardError: It is none of these, or holds nothing.
    """
    if place.is_dir():
        found = _in_folders(place)
    elif place.suffix == ".csv":
        found = _in_csv(place)
    elif place.suffix == ".jsonl":
        found = in_lines(place)
    else:
        raise ModelyardError(f"{place.name}: give a folder with one folder for each class, a .csv or a .jsonl")
    number = 0
    for number, one in enumerate(found, start=1):  # noqa: B007  # the count is asked for below
        yield one
    if not number:
        raise ModelyardError(f"{place.name}: there are no examples in it")


def labels(place: Path, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names of the classes that examples have: those that were known before first, in their order.

    Raises:
        ModelyardError: They can't be read, or are fewer than two.
    """
    names = {one.label for one in read(place)}
    if len(names) < 2:
        raise ModelyardError(f"{place.name}: all examples are of one class, and a classifier needs two at least")
    return (*(name for name in known if name in names), *sorted(names.difference(known)))


def in_lines(file: Path) -> Iterator[Example]:
    """The examples in a file of JSON lines: `text` or `input` (base64), and `label` or `expected`.

    Raises:
        ModelyardError: A line is something else.
    """
    with _opened(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            where = f"{file.name} line {number}"
            try:
                given = json.loads(line)
            except (ValueError, RecursionError):
                given = None
            if not isinstance(given, dict):
                raise ModelyardError(f"{where}: it is no JSON object")
            truth = given.get("expected", given.get("label"))
            if truth is None:
                raise ModelyardError(f"{where}: it has no 'expected' and no 'label': say what is right")
            yield Example(_data(given, where), truth, where)


def _data(given: Mapping[str, Any], where: str) -> bytes:
    if isinstance(text := given.get("text"), str):
        return text.encode()
    if not isinstance(sent := given.get("input"), str):
        raise ModelyardError(
            f"{where}: it has no 'input': feedback that names a request_id alone can't be learned from; add what was "
            "sent, or take the line out"
        )
    try:
        return base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        raise ModelyardError(f"{where}: 'input' is no base64") from None


def _in_folders(place: Path) -> Iterator[Example]:
    for folder in sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")):
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
            yield Example(file.read_bytes(), folder.name, file.relative_to(place).as_posix())


def _in_csv(place: Path) -> Iterator[Example]:
    csv.field_size_limit(_LONGEST_FIELD)
    with _opened(place) as lines:
        try:
            for row in (reader := csv.DictReader(lines)):
                where = f"{place.name} line {reader.line_num}"
                if row.get("text") is None or row.get("label") is None:
                    raise ModelyardError(f"{where}: it must have the columns `text` and `label`, named in line 1")
                yield Example(row["text"].encode(), row["label"], where)
        except csv.Error as error:
            raise ModelyardError(f"{place.name}: it is no CSV: {error}") from None


class _opened:  # noqa: N801  # used as a function
    """A file's lines of text, with what can be wrong with it told in one line."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __enter__(self) -> Iterator[str]:
        try:
            self._lines = self._file.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise ModelyardError(f"{self._file}: it can't be read: {error.strerror}") from None
        return iter(self._lines)

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        self._lines.close()
        if isinstance(error, UnicodeDecodeError):
            raise ModelyardError(f"{self._file.name}: it is no UTF-8 text") from None


def _likeliest(probabilities: Mapping[str, Any]) -> str | None:
    numbers = {name: value for name, value in probabilities.items() if isinstance(value, int | float)}
    return max(numbers, key=lambda name: numbers[name], default=None)
