"""Tables over time: as spreadsheets of several countries save them, with gaps, out of order, of one row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np

from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.series import Series

_PLAIN = "commas"


def _wave(scale: float) -> bytes:
    days = (date(2015, 11, 1) + timedelta(days=day) for day in range(60))
    lines = [f"{day},{8 + scale * 6 * np.sin(n / 5):.1f},{scale * 3 + n % 2:.1f}" for n, day in enumerate(days)]
    return "\n".join(["date,temperature,wind", *lines, ""]).encode()


def strong() -> bytes:
    """Sixty days that go up and down."""
    return _wave(1)


def weak() -> bytes:
    """Sixty days that are nearly alike."""
    return _wave(0.01)


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no table."""
    return {
        "empty.csv": (b"", "A file of no bytes"),
        "names.csv": (b"date,temperature,wind\n", "The names of the columns and nothing below them"),
        "ragged.csv": (b"date,temperature\n2015-11-01,8\n2015-11-02,8,9\n", "A row of more cells than the others"),
    }


SEED = Seed(
    suffix=".csv",
    strong=strong,
    weak=weak,
    bad=bad,
    code=(
        "values = series.values(series.names).astype(np.float32)",
        'return {"input": np.clip(np.std(values, axis=0) / 10, 0, 1)[np.newaxis]}',
    ),
    domain="Time series",
    input_format="A table as CSV with the names of its columns, or JSON with a list of numbers for each",
)


def seen(data: bytes) -> Seen:
    """The table as it is written: its answer is drawn as curves that begin with it."""
    text = data.decode("utf-8-sig")
    return Seen(Series.media_types[1 if text.lstrip()[:1] in "{[" else 0], text=text)


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Tables of every sort, made of one.

    Args:
        sample: An ordinary one; sixty days if left out.
    """
    text = (sample or strong()).decode("utf-8-sig")
    rows = _rows(text)
    names, cells = rows[0], rows[1:]
    yield Odd(_PLAIN, _written(rows, ","))
    yield Odd("semicolons", _written(rows, ";"), like=_PLAIN)
    yield Odd("tabs, with a byte order mark", b"\xef\xbb\xbf" + _written(rows, "\t"), like=_PLAIN)
    yield Odd("lines of Windows", _written(rows, ",", "\r\n"), like=_PLAIN)
    yield Odd("everything in quotes", _written(rows, ",", quoting=csv.QUOTE_ALL), like=_PLAIN)
    columns = {name: [_cell(row[place]) for row in cells] for place, name in enumerate(names)}
    yield Odd("JSON, a list for each column", json.dumps(columns).encode(), like=_PLAIN)
    yield Odd("JSON, an object for each row", json.dumps(
        [dict(zip(names, map(_cell, row), strict=True)) for row in cells]
    ).encode(), like=_PLAIN)  # fmt: skip
    yield Odd("a column more", _written([[*names, "note"], *([*row, "fine"] for row in cells)], ","), "either")
    yield Odd("one row", _written([names, cells[-1]], ","), "either")
    yield Odd("a gap", _written([names, *cells[:-1], ["" for _ in names]], ","), "refusal")
    yield Odd("a word for a number", _written([names, *cells[:-1], ["n/a" for _ in names]], ","), "refusal")
    yield Odd("the newest first", _written([names, *reversed(cells)], ","), "either")
    yield Odd("names alone", _written([names], ","), "refusal")
    yield Odd("another table", b"colour,size\nred,3\nblue,4\n", "either")
    yield Odd("no table", b"This is no table.\n", "refusal")
    yield Odd("ragged", _written([names, *cells, cells[-1] * 2], ","), "refusal")
    yield Odd("Latin-1", "Datum,Höhe\n2015-11-01,3\n".encode("latin-1"), "refusal")
    yield Odd("very long", _written([names, *(cells * 20)[:20_000]], ","), "either")
    yield Odd("empty", b"", "refusal")


def _rows(text: str) -> list[list[str]]:
    """The cells of a sample, whether it is CSV or JSON."""
    if text.lstrip()[0] in "{[":
        found = json.loads(text)
        columns = found if isinstance(found, dict) else {name: [row[name] for row in found] for name in found[0]}
        return [list(columns), *([str(cell) for cell in row] for row in zip(*columns.values(), strict=True))]
    header = text.lstrip().partition("\n")[0]
    return [row for row in csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count)) if row]


def _cell(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _written(rows: list[list[str]], separator: str, line: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=line, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue().encode()
