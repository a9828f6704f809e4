"""Words of texts without spaces: their places, how two cuts differ, what the metrics count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import ModelyardError, Text, Token, TokenSegmentation, tasks
from modelyard.catalog.metrics.token_segmentation import observe, summarise

TASK = tasks.load("token-segmentation")


def cut(*tokens: str) -> TokenSegmentation:
    ends = [sum(map(len, tokens[: number + 1])) for number in range(len(tokens))]
    return TokenSegmentation.cut("".join(tokens), ends)


@given(st.text(), st.lists(st.integers(0, 50), unique=True).map(sorted))
def test_the_tokens_of_a_cut_text_are_the_text(text: str, ends: list[int]) -> None:
    tokens = TokenSegmentation.cut(text, ends).tokens
    assert "".join(one.text for one in tokens) == text
    assert all(text[one.start : one.end] == one.text for one in tokens)


def test_places_count_code_points() -> None:
    assert cut("😀", "คำ").tokens == (Token("😀", 0, 1), Token("คำ", 1, 3))


@pytest.mark.parametrize(
    "tokens",
    [
        (Token("", 0, 0),),
        (Token("ab", 0, 1),),
        (Token("ab", 0, 2), Token("c", 1, 2)),
        (Token("b", 1, 2), Token("a", 0, 1)),
        (Token("a", -1, 0),),
    ],
)
def test_tokens_are_in_order_and_as_long_as_their_places(tokens: tuple[Token, ...]) -> None:
    with pytest.raises(ValueError, match="token"):
        TokenSegmentation(tokens)


def test_one_boundary_less_costs_two_tokens_and_one_boundary() -> None:
    measured = TASK.compare(cut("ab", "c", "d"), cut("abc", "d"), {}, ()).measures
    assert measured["tokens"] == pytest.approx(1 - 2 * 1 / (3 + 2))
    assert measured["boundaries"] == pytest.approx(1 - 2 * 3 / (4 + 3))
    assert measured["text"] == 0


def test_tokens_of_another_text_fail_though_they_are_as_long() -> None:
    compared = TASK.compare(cut("ab", "c"), cut("ab", "d"), {"tokens": 1, "boundaries": 1}, ())
    assert not compared.passed
    assert compared.measures == {"tokens": 0, "boundaries": 0, "text": 1}


def test_no_tokens_are_equal_to_no_tokens_only() -> None:
    assert TASK.compare(cut(), cut(), {}, ()).passed
    assert TASK.compare(cut("a"), cut(), {}, ()).measures["tokens"] == 1


def test_several_texts_get_a_list_each() -> None:
    joined = TASK.join([TASK.encode(cut("a", "b")), TASK.encode(cut("c"))])
    assert [[one["token"] for one in tokens] for tokens in joined["predictions"]] == [["a", "b"], ["c"]]


@pytest.mark.parametrize("entry", [None, 3, "ab", [None], [{"token": "a"}], [{"token": "a", "start": 1, "end": 1}]])
def test_what_is_no_answer_is_refused(entry: object) -> None:
    with pytest.raises(ModelyardError, match="no answer of token-segmentation"):
        TASK.decode({"predictions": [entry]})


def test_it_is_described_in_a_line_and_drawn_whatever_its_length() -> None:
    assert TASK.describe(cut("a", "\n", "b"), ()) == "3 tokens: a| |b"
    assert TASK.describe(cut(*"abcdefghijklmnop"), ()).endswith("k|l|…")
    assert TASK.draw(Text("คำ" * 5000), cut(*["คำ"] * 5000), ()).height < 600
    assert TASK.draw(Text("a"), cut(), ()).height > 0


def test_neighbouring_tokens_have_two_colours_in_the_picture_and_spaces_none() -> None:
    picture = TASK.draw(Text("คำ คำ"), cut("คำ", " ", "คำ", "ดี"), ())
    cells = [picture.getpixel((12 * place + 2, 40)) for place in range(7)]
    assert cells[0] == cells[1] == cells[3] == cells[4] != cells[5] == cells[6]
    assert cells[2] == (255, 255, 255)


def test_metrics_count_tokens_and_inner_boundaries_over_all_texts() -> None:
    rows = [observe(cut("abc", "d"), cut("ab", "c", "d")), observe(cut("x", "y"), cut("x", "y"))]
    assert summarise(rows) == {
        "token_f1": pytest.approx(2 * 3 / (5 + 4)),
        "boundary_f1": pytest.approx(2 * 2 / (3 + 2)),
    }


def test_a_text_of_one_word_that_is_found_whole_is_right() -> None:
    assert summarise([observe(cut("abc"), cut("abc"))]) == {"token_f1": 1.0, "boundary_f1": 1.0}
