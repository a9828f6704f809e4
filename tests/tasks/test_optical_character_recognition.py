"""An answer that holds the lines of text in a picture: what it is, how far two are apart, how good one is."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import Image, TextLine, TextLines, tasks
from modelyard.catalog.metrics.optical_character_recognition import METRICS, observe, summarise
from modelyard.tasks.optical_character_recognition import edits

TASK = tasks.load("optical-character-recognition")
SIZE = (200, 100)


def line(
    text: str, left: float = 0, top: float = 0, right: float = 100, bottom: float = 20, sure: float = 0.9
) -> TextLine:
    return TextLine(text, sure, ((left, top), (right, top), (right, bottom), (left, bottom)))


def measure(answers: list[TextLines], truths: list[list[str]]) -> dict[str, float]:
    return summarise([observe(*pair) for pair in zip(answers, truths, strict=True)])


def page(*lines: TextLine) -> TextLines:
    return TextLines(lines, SIZE)


@pytest.mark.parametrize(
    ("text", "sure", "polygon", "said"),
    [
        ("  ", 0.9, ((0, 0),) * 4, "says something"),
        ("a", 1.1, ((0, 0),) * 4, "from 0 to 1"),
        ("a", float("nan"), ((0, 0),) * 4, "from 0 to 1"),
        ("a", 0.9, ((0, 0),) * 3, "four corners"),
    ],
)
def test_what_is_no_line_is_no_answer(
    text: str, sure: float, polygon: tuple[tuple[float, float], ...], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        TextLine(text, sure, polygon)


@pytest.mark.parametrize("right", [200.5, float("nan")])
def test_corners_lie_in_the_picture(right: float) -> None:
    with pytest.raises(ValueError, match="outside the picture"):
        page(line("a", right=right))


def test_it_has_the_shape_that_clients_of_model_asset_exchange_know() -> None:
    body = TASK.encode(page(line("one", 20, 10, 120, 40), line("two", 0, 50, 200, 100)))
    assert body["text"] == [["one", "two"]]
    assert body["predictions"][0]["detection_box"] == [0.1, 0.1, 0.4, 0.6]
    assert body["predictions"][1]["detection_box"] == [0.5, 0, 1, 1]
    assert TASK.encode(page()) == {"text": [], "predictions": [], "image_size": [200, 100]}


def test_a_turned_line_has_an_upright_box_around_it() -> None:
    turned = TextLine("a", 0.9, ((50, 0), (100, 50), (50, 100), (0, 50)))
    assert turned.box == (0, 0, 100, 100)


def test_a_wrong_letter_counts_by_the_length_of_the_text() -> None:
    found = TASK.difference(
        page(line("hello"), line("you", top=30, bottom=50)), page(line("hallo"), line("you", top=30, bottom=50))
    )
    assert found == pytest.approx({"edit_distance": 1 / 9, "iou_loss": 0, "probability": 0})


def test_lines_in_another_order_are_another_text_in_the_same_boxes() -> None:
    first, second = line("abc"), line("xyz", top=30, bottom=50)
    found = TASK.difference(page(first, second), page(second, first))
    assert found["edit_distance"] == pytest.approx(6 / 7)
    assert found["iou_loss"] == 0


def test_a_box_of_half_the_width_overlaps_by_half() -> None:
    assert TASK.difference(page(line("a")), page(line("a", right=50)))["iou_loss"] == pytest.approx(0.5)


def test_each_box_has_one_partner_at_most() -> None:
    halves = page(line("a", right=50), line("b", left=50))
    assert TASK.difference(page(line("a b")), halves)["iou_loss"] == pytest.approx(1 - 0.5 / 2)


def test_a_missing_line_is_a_box_without_partner() -> None:
    assert TASK.difference(page(line("a")), page())["iou_loss"] == 1
    assert TASK.difference(page(), page())["iou_loss"] == 0


def test_partners_are_found_by_their_places_when_probabilities_are_compared() -> None:
    one, other = line("a", sure=0.9), line("b", top=30, bottom=50, sure=0.6)
    assert TASK.difference(page(one, other), page(other, one))["probability"] == 0
    found = TASK.difference(page(one), page(line("a", sure=0.7)))
    assert found["probability"] == pytest.approx(0.2)


def test_edits_are_counted_as_levenshtein_did() -> None:
    assert edits("kitten", "sitting") == 3
    assert edits("", "abc") == edits("abc", "") == 3
    assert edits("", "") == 0


letters = st.text("ab你", max_size=12)


@settings(deadline=None)
@given(letters, letters, letters)
def test_edits_are_a_distance(first: str, second: str, third: str) -> None:
    between = edits(first, second)
    assert between == edits(second, first)
    assert (between == 0) == (first == second)
    assert abs(len(first) - len(second)) <= between <= max(len(first), len(second))
    assert edits(first, third) <= between + edits(second, third)
    # What stays where it is needs no edit; others may, so this is what is needed at most.
    same = sum(block.size for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks())
    assert between <= len(first) + len(second) - 2 * same


def test_the_picture_has_boxes_on_it() -> None:
    white = Image(PIL.Image.new("RGB", SIZE, "white"))
    drawn = np.asarray(TASK.draw(white, page(line("Model", 20, 10, 120, 40)), ()))
    bare = np.asarray(TASK.draw(white, page(), ()))
    top = slice(0, 240)
    assert (drawn[top] != 255).any()
    assert (bare[top] == 255).all()


def test_metrics_count_characters_words_and_lines() -> None:
    answers = [page(line("one two"), line("thre", top=30, bottom=50)), page(line("four"))]
    found = measure(answers, [["one two", "three"], ["four"]])
    assert found.keys() == METRICS.keys()
    # One letter of "one two three" and "four" is missing: of 17 characters, 4 words and 3 lines.
    assert found == pytest.approx({"cer": 1 / 17, "wer": 1 / 4, "exact_lines": 2 / 3})


def test_a_line_read_twice_is_right_once() -> None:
    twice = page(line("one"), line("one", top=30, bottom=50))
    assert measure([twice], [["one", "two"]])["exact_lines"] == 0.5


def test_nothing_read_is_all_wrong() -> None:
    assert measure([page()], [["one"]]) == {"cer": 1, "wer": 1, "exact_lines": 0}
