"""A stream is read as far as its ceiling, and only forward."""

from __future__ import annotations

import io

import pytest

from modelyard.catalog.weights.bounds import Bounds, Forward
from modelyard.errors import ModelyardError


def test_all_that_is_below_the_ceiling_can_be_read() -> None:
    assert Forward(io.BytesIO(b"0123456789"), 10).read(20) == b"0123456789"


def test_more_can_be_neither_read_nor_skipped() -> None:
    with pytest.raises(ModelyardError, match="more than 9 bytes"):
        Forward(io.BytesIO(b"0123456789"), 9).read(20)
    with pytest.raises(ModelyardError, match="more than 9 bytes"):
        Forward(io.BytesIO(b"0123456789"), 9).seek(10)


def test_skipping_stops_at_the_end() -> None:
    stream = Forward(io.BytesIO(b"0123456789"), 1000)
    assert stream.seek(500) == stream.tell() == 10


def test_it_doesnt_go_back() -> None:
    stream = Forward(io.BytesIO(b"0123456789"), 1000)
    stream.read(5)
    with pytest.raises(ModelyardError, match="points backwards"):
        stream.seek(4)


def test_a_header_has_a_budget_and_contents_have_none() -> None:
    stream = Forward(io.BytesIO(bytes(1000)), 1000)
    stream.begin_header(100)
    stream.read(60)
    with pytest.raises(ModelyardError, match="header of senseless size"):
        stream.read(60)
    stream.end_header()
    assert len(stream.read(500)) == 500


def test_a_small_archive_may_swell_a_little_and_none_beyond_the_total() -> None:
    bounds = Bounds(total=1000, ratio=2, slack=100)
    assert bounds.ceiling(10) == 120
    assert bounds.ceiling(10_000) == 1000
