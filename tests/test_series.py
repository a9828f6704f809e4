"""A table of numbers over time as it comes in."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import BadInput, Series
from modelyard.bounds import Bounds

CSV = "date,warm,wind,sky\n2012-01-01,12.8,4.7,drizzle\n2012-01-02,10.6,4.5,rain\n2012-01-03,11.7,2.3,\n"
COLUMNS = {
    "date": ["2012-01-01", "2012-01-02", "2012-01-03"],
    "warm": [12.8, 10.6, 11.7],
    "wind": [4.7, "4.5", 2.3],
    "sky": ["drizzle", "rain", None],
}
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]


@pytest.mark.parametrize(
    "sent",
    [
        CSV,
        "\ufeff" + CSV,
        "\n" + CSV.replace("\n", "\r\n"),
        CSV.replace("\n", "\n\n"),
        CSV.replace(",", ";"),
        CSV.replace(",", "\t"),
        CSV.replace("date", '"Date"').replace("warm", " warm "),
        CSV.replace("2012-01-0", "2012/01/0"),
        json.dumps(COLUMNS),
        json.dumps(ROWS),
        " " + json.dumps(ROWS),
    ],
)
def test_a_table_is_read_in_each_of_its_forms(sent: str) -> None:
    series = Series.parse(sent.encode())
    assert series.names == ("warm", "wind", "sky")
    assert len(series) == 3
    np.testing.assert_array_equal(series.values(["wind", "warm"]), [[4.7, 12.8], [4.5, 10.6], [2.3, 11.7]])
    assert series.times is not None
    assert series.times.astype("datetime64[D]").astype(str).tolist() == COLUMNS["date"]
    assert series.following(2) == ("2012-01-04", "2012-01-05")


def test_a_table_needs_no_times() -> None:
    series = Series.parse(b"warm\n1\n2\n")
    assert series.times is None
    assert series.step is None
    assert series.following(3) == ()


@pytest.mark.parametrize(
    ("first", "second", "comes"),
    [
        ("2016-02-27", "2016-02-28", "2016-02-29"),
        ("2016-12-17", "2016-12-24", "2016-12-31"),
        ("2016-12-31T22:00", "2016-12-31T23:00", "2017-01-01T00:00:00"),
        ("2016-01-01T12:00:00+01:00", "2016-01-02T12:00:00+01:00", "2016-01-03T11:00:00"),
    ],
)
def test_what_follows_goes_on_at_the_same_distance(first: str, second: str, comes: str) -> None:
    assert Series.parse(f"time,x\n{first},1\n{second},2\n".encode()).following(1) == (comes,)


def test_nothing_is_known_to_follow_where_a_day_is_missing() -> None:
    series = Series.parse(b"date,x\n2016-01-01,1\n2016-01-02,2\n2016-01-04,3\n")
    assert series.step is None
    assert series.following(1) == ()


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [
        (b"", 400, "empty"),
        (b" \r\n ", 400, "empty"),
        (b"a,b\n\xff,1\n", 400, "no table in UTF-8"),
        (b"a,b\n", 400, "no rows"),
        (b"[]", 400, "no rows"),
        (b"{}", 400, "no rows"),
        (b'{"a": []}', 400, "no rows"),
        (b"[{}]", 400, "no rows"),
        (b"1,2\n3,4\n", 400, "first line holds numbers"),
        (b"a,a\n1,2\n", 400, "several columns 'a'"),
        (b'{"a": [1], "a ": [2]}', 400, "several columns 'a'"),
        (b"a,\n1,2\n", 400, "no name"),
        (b"a,b\n1,2\n3\n", 400, "row 2 has 1 cells"),
        (b'a,b\n"1,2\n', 400, "no CSV"),
        (b'{"a": [1,', 400, "no JSON"),
        (b'{"a": NaN}', 400, "no JSON"),
        (b'{"a": 3}', 400, "'a' is no list"),
        (b'{"a": [1], "b": [1, 2]}', 400, "unequal numbers of rows"),
        (b'[{"a": 1}, 2]', 400, "row 2 is no object"),
        (b'[{"a": 1}, {"b": 1}]', 400, "don't both have 'a', 'b'"),
        (b"date,a\nsoon,1\n", 400, "row 1 of the column 'date' is 'soon', no date"),
        (b'{"date": [1], "a": [1]}', 400, "no date"),
        (b"date,a\n2012-01-02,1\n2012-01-01,2\n", 400, "row 2 is not later than row 1"),
        (b"date,a\n2012-01-02,1\n2012-01-02,2\n", 400, "not later"),
        (b"time,a\n2012-01-02T00:00Z,1\n2012-01-03T00:00,2\n", 400, "a time zone, others none"),
        (b"time,a\n0001-01-01T00:00+14:00,1\n", 400, "no date"),
        (b"date,time,a\n2012-01-02,2012-01-02,1\n", 400, "says the time in 'date', 'time'"),
        (b"a\n" + b"1\n" * 11, 413, "at most 10 rows"),
        (b'{"a": [1,1,1,1,1,1,1,1,1,1,1]}', 413, "at most 10 rows"),
        (b'[{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1},{"a":1}]', 413, "at most"),
        (b"a,b,c,d,e\n1,2,3,4,5\n", 413, "4 columns"),
        (b"a\n" + b" " * 3_000, 413, "too large"),
    ],
)
def test_what_is_no_table_is_refused_in_words(sent: bytes, code: int, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        Series.parse(sent, Bounds(rows=10, columns=4))
    assert refused.value.code == code


@pytest.mark.parametrize("cell", ["", "nan", "inf", "-Infinity", "1e999", "12,5", "warm"])
def test_a_cell_that_is_no_finite_number_is_named(cell: str) -> None:
    series = Series.parse(f'a;b\n1;2\n"{cell}";3\n'.encode())
    assert series.values(["b"]).tolist() == [[2], [3]]
    with pytest.raises(BadInput, match="row 2 of the column 'a' is .*no finite number"):
        series.values(["a"])


@pytest.mark.parametrize("cell", ["true", "null", "[1]", "{}", '"x"', "1" + "0" * 400])
def test_what_is_no_number_in_json_is_refused(cell: str) -> None:
    with pytest.raises(BadInput, match="no finite number|no JSON"):
        Series.parse(f'{{"a": [{cell}]}}'.encode()).values(["a"])


def test_missing_columns_are_named_with_those_that_are_there() -> None:
    with pytest.raises(BadInput, match="lacks 'rain', 'sun'; it has 'warm', 'wind', 'sky'"):
        Series.parse(CSV.encode()).values(["warm", "rain", "sun"])


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        series = Series.parse(data, Bounds(rows=5, columns=3))
        numbers = series.values(series.names)
    except BadInput:
        return
    assert numbers.shape == (len(series), len(series.names))
    assert np.isfinite(numbers).all()
    assert len(series) <= 5


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
    )
)
def test_any_json_is_a_table_or_refused(value: object) -> None:
    try:
        series = Series.parse(json.dumps(value).encode(), Bounds(rows=5, columns=3))
        assert np.isfinite(series.values(series.names)).all()
    except BadInput:
        pass
