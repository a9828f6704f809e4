"""Texts as the ids of pieces: the likeliest ones, in time that no text can stretch."""

from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import Unigram

PIECES: list[tuple[str, float | None]] = [
    ("<unk>", 0), ("<s>", 0),
    ("▁", -4.0), ("a", -3.0), ("b", -3.5), ("c", -3.6), ("é", -5.0),
    ("ab", -4.5), ("▁a", -4.2), ("abc", -9.0), ("bc", -5.0), (":", None), ("▁:", None), ("ba", -4.0),
]  # fmt: skip
IDS = {piece: number for number, (piece, _) in enumerate(PIECES)}


def pieces(text: str, most: int = 100) -> list[str]:
    return [PIECES[number][0] for number in Unigram(PIECES, 2).ids(text, most)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", ["▁a"]),
        ("ab", ["▁a", "b"]),
        ("abc", ["▁a", "bc"]),
        ("b a", ["▁", "b", "▁a"]),
        ("a  a", ["▁a", "▁", "▁a"]),
        ("", ["▁"]),
        ("xyz", ["▁", "<unk>"]),
        ("xyaxy", ["▁", "<unk>", "a", "<unk>"]),
        ("ⓐ", ["▁a"]),
        ("e\u0301", ["▁", "é"]),
        ("a\nb", ["▁a", "<unk>", "b"]),
        ("a\u00a0a", ["▁a", "▁a"]),
        ("<s>", ["▁", "<unk>"]),
    ],
)
def test_a_text_is_its_likeliest_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text("abc ", min_size=1, max_size=7).filter(lambda text: "  " not in text))
def test_no_other_pieces_are_likelier(text: str) -> None:
    """Held to all ways of cutting the text."""
    written = "▁" + text.replace(" ", "▁")
    scores = {piece: score for piece, score in PIECES[2:] if score is not None}
    cuts = [_cut(written, ends) for ends in product([False, True], repeat=len(written) - 1)]
    best = max(sum(scores[part] for part in cut) for cut in cuts if scores.keys() >= set(cut))
    assert sum(scores[piece] for piece in pieces(text)) == pytest.approx(best)
    assert "".join(pieces(text)) == written


def _cut(written: str, ends: tuple[bool, ...]) -> list[str]:
    parts, start = [], 0
    for at, ends_here in enumerate((*ends, True), 1):
        if ends_here:
            parts.append(written[start:at])
            start = at
    return parts


@given(st.text(), st.integers(1, 10))
def test_the_first_pieces_are_those_of_the_whole_text(text: str, most: int) -> None:
    assert pieces(text, most) == pieces(text, 10**6)[:most]


@given(st.text())
def test_any_text_has_pieces_and_no_reserved_ones(text: str) -> None:
    found = Unigram(PIECES, 2).ids(text, 10**6)
    assert found
    assert 1 not in found


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "😀" * 100_000, " " * 100_000, "a" + "\u0301\u0327" * 50_000, "\ufdfa" * 100_000, "b a" * 33_000],
    ids=["one word", "unknown", "spaces", "accents out of order", "one letter that is a sentence", "many words"],
)
def test_no_text_takes_long(text: str) -> None:
    unigram = Unigram(PIECES, 2)
    began = time.process_time()
    assert 1 <= len(unigram.ids(text, 128)) <= 128
    assert time.process_time() - began < 0.5


def test_a_vocabulary_with_spaces_inside_pieces_is_refused() -> None:
    with pytest.raises(ValueError, match="'a▁b' holds a space"):
        Unigram([("<unk>", 0), ("a▁b", -1)], 1)
