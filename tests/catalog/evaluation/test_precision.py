"""Average precision is COCO's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelyard.catalog.evaluation.precision import LEVELS, average_precision, observe, prepared, summarise

KNOWN = [
    (0, 0.132981402287969, 0.4483281725855983),
    (1, 0.10845583062222326, 0.40713894614733076),
    (2, 0.11007408876775553, 0.34550330033003296),
]
"""Seed, AP and AP50."""


def picture(scores: list[float], alike: list[list[float]]) -> dict[str, Any]:
    return observe(scores, alike)


def test_what_is_found_exactly_is_found_at_every_level() -> None:
    assert summarise([picture([0.3, 0.9], [[1.0, 0.0], [0.0, 1.0]])]) == {"ap": 1.0, "ap50": 1.0}


def test_what_is_nearly_right_is_found_at_the_levels_that_it_reaches() -> None:
    found = summarise([picture([0.9], [[0.72]])])
    assert found["ap50"] == 1.0
    assert found["ap"] == pytest.approx(sum(level <= 0.72 for level in LEVELS) / len(LEVELS))


def test_of_two_that_found_the_same_thing_the_less_certain_is_wrong() -> None:
    assert picture([0.6, 0.9], [[0.9, 0.8]])["right"][0] == [False, True]


def test_what_is_taken_goes_to_the_next_best() -> None:
    assert picture([0.9, 0.8], [[0.9, 0.85], [0.1, 0.6]])["right"][0] == [True, True]


def test_something_certain_and_wrong_costs_more_than_something_uncertain_and_wrong() -> None:
    doubted = summarise([picture([0.9, 0.1], [[1.0, 0.0]])])["ap50"]
    believed = summarise([picture([0.9, 0.95], [[1.0, 0.0]])])["ap50"]
    assert doubted == 1.0
    assert believed == 0.5


def test_the_ranks_are_those_over_all_pictures() -> None:
    rows = [picture([0.9], [[1.0]]), picture([0.95], []), picture([], [[]])]
    # Of two things that are there one is found, after one that is not: half of the recalls, at half of the precision.
    assert summarise(rows)["ap50"] == pytest.approx(51 / 101 / 2)


def test_the_curve_is_read_at_101_recalls_under_its_highest_point_from_there_on() -> None:
    right = np.array([[True, False, True, False]])
    # Precision 1 up to recall 1/3, 2/3 up to recall 2/3, 0 beyond.
    wanted = (34 * 1 + 33 * (2 / 3)) / 101
    assert average_precision(right, np.ones(4, int), 3) == pytest.approx(wanted)


@st.composite
def pictures(draw: st.DrawFn) -> dict[str, Any]:
    there, found = draw(st.integers(0, 3)), draw(st.integers(0, 4))
    alike = st.lists(st.floats(0, 1), min_size=found, max_size=found)
    # None are equally certain, for their order would be that of the pictures.
    scores = [draw(st.integers(0, 10_000)) / 1e4 + 1e-9 * draw(st.integers(0, 9_999)) for _ in range(found)]
    return observe(scores, [draw(alike) for _ in range(there)])


@given(st.lists(pictures(), min_size=1, max_size=6), st.data())
def test_pictures_that_stand_several_times_count_as_often(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=12))
    scores = [score for row in rows for score in row["scores"]]
    assume(len(set(scores)) == len(scores))
    assert prepared(rows)(np.array(places)) == pytest.approx(summarise([rows[at] for at in places]))


def test_where_nothing_is_there_silence_is_right() -> None:
    assert summarise([picture([], [])])["ap"] == 1.0
    assert summarise([picture([0.2], [])])["ap"] == 0.0


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Intersection over union of two boxes of left, top, width and height."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0.0, width) * max(0.0, height)
    return float(both / (one[2] * one[3] + other[2] * other[3] - both))


@pytest.mark.parametrize(("seed", "ap", "ap50"), KNOWN)
def test_it_is_what_pycocotools_computes(seed: int, ap: float, ap50: float) -> None:
    """Its COCOeval was given the same boxes, found and missed at random; the figures are what it said."""
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(8):
        there = np.c_[random.uniform(0, 300, (4, 2)), np.full((4, 2), 60.0)]
        near = there[:3] + random.uniform(-12, 12, (3, 4))
        found = np.r_[near, np.c_[random.uniform(0, 300, (3, 2)), np.full((3, 2), 60.0)]]
        scores = random.uniform(0, 1, 6).tolist()
        rows.append(observe(scores, [[overlap(one, other) for other in found] for one in there]))
    assert summarise(rows) == pytest.approx({"ap": ap, "ap50": ap50}, abs=1e-9)
