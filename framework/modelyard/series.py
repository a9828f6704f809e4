"""A table of numbers over time as a pipeline sees it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import numpy as np
import orjson
from numpy.typing import NDArray

from modelyard.bounds import Bounds
from modelyard.errors import BadInput

_BYTES_PER_CELL = 64
_TIME_NAMES = ("date", "datetime", "time", "timestamp")
_SHOWN = 40
_FORMS = "CSV with a line of column names, or JSON with a list of numbers for each column"

Times = NDArray[np.datetime64]


class Series:
    """A table with a row for each moment, the oldest first: what was measured, and perhaps when.

    It comes as CSV (a line of column names, then the rows; separated by commas, semicolons or tabs) or as JSON: an
    object of columns, each a list, or a list of rows, each an object. A column called `date`, `datetime`, `time` or
    `timestamp` says when, in ISO 8601. Other columns may hold anything: only those that a pipeline asks for must be
    numbers.
    """

    field: ClassVar[str] = "series"
    """The field that clients send a table in."""
    media_types: ClassVar[tuple[str, ...]] = ("text/csv", "application/json")
    written: ClassVar[bool] = True
    most: ClassVar[int] = 32

    def __init__(
        self, columns: Mapping[str, Sequence[Any]], times: Times | None = None, has_hours: bool = False
    ) -> None:
        self._columns = columns
        self._has_hours = has_hours
        self.times = times
        """datetime64[s] [rows], strictly ascending, in UTC where zones are given; none where the table has none."""

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> Series:
        """Reads a table; its cells are not looked at yet, but for the times.

        Args:
            data: CSV or JSON in UTF-8.
            bounds: A table of more rows or columns is refused.

        Raises:
            BadInput: The bytes are no such table (400), or it is too large (413).
        """
        if len(data) > bounds.rows * bounds.columns * _BYTES_PER_CELL:
            raise _too_large(bounds)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BadInput(f"this is no table in UTF-8 (byte {error.start:,} can't be read): send {_FORMS}") from None
        if not text.strip():
            raise BadInput(f"the table is empty: send {_FORMS}")
        columns = _from_json(text, bounds) if text.lstrip()[0] in "{[" else _from_csv(text, bounds)
        if not columns or not next(iter(columns.values())):
            raise BadInput("the table has no rows: send what was measured, a row for each moment")
        named = [name for name in columns if name.lower() in _TIME_NAMES]
        if len(named) > 1:
            raise BadInput(f"the table says the time in {_listed(named)}: send one column of them")
        if not named:
            return cls(columns)
        times, has_hours = _times(named[0], columns[named[0]])
        return cls({name: cells for name, cells in columns.items() if name != named[0]}, times, has_hours)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, that of the times left out."""
        return tuple(self._columns)

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self._columns.values()))) if self._columns else len(_or_empty(self.times))

    def values(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Columns as numbers.

        Args:
            names: Which columns, in this order.

        Returns:
            float64 [rows, columns], all finite.

        Raises:
            BadInput: A column is missing, or a cell of it is no finite number.
        """
        missing = [name for name in names if name not in self._columns]
        if missing:
            raise BadInput(
                f"the table lacks {_listed(missing)}; it has {_listed(self.names) or 'no columns'}: "
                f"send {_listed(names)}, named so"
            )
        numbers = np.empty((len(self), len(names)))
        for column, name in enumerate(names):
            for row, cell in enumerate(self._columns[name]):
                numbers[row, column] = _number(cell, row, name)
        return numbers

    @property
    def step(self) -> np.timedelta64 | None:
        """From each row to the next, where that is always the same."""
        gaps = np.unique(np.diff(_or_empty(self.times)))
        return gaps[0] if len(gaps) == 1 else None

    def following(self, count: int) -> tuple[str, ...]:
        """The moments that come next, in ISO 8601 as the table has it; none where it has no times of one distance."""
        step = self.step
        if step is None or self.times is None:
            return ()
        later = self.times[-1] + step * np.arange(1, count + 1)
        days_only = not self._has_hours and step % np.timedelta64(1, "D") == np.timedelta64(0, "s")
        return tuple(np.datetime_as_string(later, unit="D" if days_only else "s").tolist())


def _or_empty(times: Times | None) -> Times:
    return np.empty(0, "datetime64[s]") if times is None else times


def _from_csv(text: str, bounds: Bounds) -> dict[str, list[str]]:
    header = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=separator, strict=True)
    rows = _bounded(reader, bounds)
    names = _checked(next(rows, []), bounds)
    cells: list[list[str]] = []
    for row in rows:
        if len(row) != len(names):
            raise BadInput(
                f"row {len(cells) + 1} has {len(row)} cells, and there are {len(names)} names of columns: "
                "send as many in every row"
            )
        cells.append(row)
    return {name: [row[column] for row in cells] for column, name in enumerate(names)}


def _bounded(reader: Iterator[list[str]], bounds: Bounds) -> Iterator[list[str]]:
    """The rows that are not blank; the first holds the names."""
    try:
        count = -1
        for row in reader:
            if row:
                count += 1
                if count > bounds.rows:
                    raise _too_large(bounds)
                yield row
    except csv.Error as error:
        raise BadInput(f"this is no CSV that can be read ({error}): send {_FORMS}") from None


def _from_json(text: str, bounds: Bounds) -> dict[str, list[Any]]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"this is no JSON that can be read ({str(error)[:100]}): send {_FORMS}") from None
    if isinstance(found, list):
        return _from_rows(found, bounds)
    columns = dict(zip(_checked(list(found), bounds), found.values(), strict=True))
    for name, cells in columns.items():
        if not isinstance(cells, list):
            raise BadInput(
                f"column {_quoted(name)} is no list: send a list for each column, or a list of rows; beside others "
                "in one request, rows stand in a list of their own"
            )
        if len(cells) > bounds.rows:
            raise _too_large(bounds)
    if len({len(cells) for cells in columns.values()}) > 1:
        counts = ", ".join(f"{_quoted(name)} {len(cells)}" for name, cells in list(columns.items())[:5])
        raise BadInput(f"the columns have unequal numbers of rows ({counts}): send as many of each")
    return columns


def _from_rows(rows: list[Any], bounds: Bounds) -> dict[str, list[Any]]:
    if len(rows) > bounds.rows:
        raise _too_large(bounds)
    first = rows[0] if rows else {}
    names = _checked(list(first), bounds) if isinstance(first, dict) else []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise BadInput(f"row {number} is no object: send a list of objects, each with a value for each column")
        if row.keys() != first.keys():
            other = sorted(row.keys() ^ first.keys())
            raise BadInput(f"row {number} and row 1 don't both have {_listed(other)}: send the same columns in each")
    return {name: [row[key] for row in rows] for name, key in zip(names, first, strict=True)}


def _checked(names: list[str], bounds: Bounds) -> list[str]:
    """Names of columns, stripped."""
    names = [name.strip() for name in names]
    if len(names) > bounds.columns:
        raise _too_large(bounds)
    if not all(names):
        raise BadInput(f"a column has no name: send {_FORMS}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"there are several columns {_listed(twice)}: give each a name of its own")
    if names and all(_is_number(name) for name in names):
        raise BadInput("the first line holds numbers: put the names of the columns above it")
    return names


def _times(name: str, cells: Sequence[Any]) -> tuple[Times, bool]:
    """What the column of the times says, and whether any of them has an hour."""
    moments = [_moment(cell, row, name) for row, cell in enumerate(cells)]
    if len({moment.tzinfo is None for moment, _ in moments}) > 1:
        raise BadInput(f"some of the column {_quoted(name)} have a time zone, others none: send all in one way")
    times = np.array([moment.replace(tzinfo=None) for moment, _ in moments], "datetime64[s]")
    back = np.flatnonzero(np.diff(times) <= np.timedelta64(0, "s"))
    if back.size:
        row = int(back[0]) + 1
        raise BadInput(f"row {row + 1} is not later than row {row} ({cells[row]!s:.{_SHOWN}}): send the oldest first")
    return times, any(has_hours for _, has_hours in moments)


def _moment(cell: Any, row: int, name: str) -> tuple[datetime, bool]:
    if isinstance(cell, str):
        written = cell.strip().replace("/", "-")
        try:
            moment = datetime.fromisoformat(written).replace(microsecond=0)
            return moment.astimezone(UTC) if moment.tzinfo else moment, len(written) > len("2012-01-01")
        except (ValueError, OverflowError):
            pass
    raise _refusal(cell, row, name, "no date in ISO 8601, such as 2012-01-31 or 2012-01-31T18:00")


def _number(cell: Any, row: int, name: str) -> float:
    if isinstance(cell, str | int | float) and not isinstance(cell, bool):
        try:
            number = float(cell)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise _refusal(cell, row, name, "no finite number: fill gaps before you send a table")


def _refusal(cell: Any, row: int, name: str, said: str) -> BadInput:
    shown = "empty, and" if cell in ("", None) else f"{str(cell)[:_SHOWN]!r},"
    return BadInput(f"row {row + 1} of the column {_quoted(name)} is {shown} {said}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _too_large(bounds: Bounds) -> BadInput:
    return BadInput(
        f"the table is too large: send one of at most {bounds.rows:,} rows and {bounds.columns:,} columns", code=413
    )


def _quoted(name: str) -> str:
    return repr(name[:_SHOWN])


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(_quoted(name) for name in names[:10]) + more
