"""A text as it comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import BadInput, Text
from modelyard.bounds import Bounds

SAID = ["hello", "schön", "\u200f\u05e9\u05dc\u05d5\u05dd", "\U0001f469\u200d\U0001f467 \u2764\ufe0f", "a\r\nb", "ก็"]


@pytest.mark.parametrize("said", SAID)
def test_a_text_is_what_was_written(said: str) -> None:
    assert Text.parse(said.encode()) == said


def test_a_byte_order_mark_is_no_part_of_it() -> None:
    assert Text.parse(b"\xef\xbb\xbfhello") == "hello"


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", 400, "empty"),
        (b" \n\t", 400, "empty"),
        (b"\xff\xfeh\x00", 400, "no text in UTF-8"),
        (b"12345678901", 413, "at most 10"),
        ("ä".encode() * 11, 413, "at most 10"),
        (b"x" * 1_000, 413, "at most 10"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data: bytes, code: int, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        Text.parse(data, Bounds(characters=10))
    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_refused(data: bytes) -> None:
    try:
        text = Text.parse(data, Bounds(characters=50))
    except BadInput:
        return
    assert 0 < len(text) <= 50
