"""Whether a candidate is slower than it may be, beyond doubt."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.checks.latency import judged, lower_bound, measure

RATIOS = st.lists(st.floats(0.1, 10), min_size=7, max_size=60)


def seconds(values: Iterator[float]) -> Callable[[], float]:
    return lambda: next(values)


@given(RATIOS)
def test_the_bound_is_one_of_the_figures_and_never_above_the_median(ratios: list[float]) -> None:
    assert lower_bound(ratios) in ratios
    assert lower_bound(ratios) <= median(ratios)


@pytest.mark.parametrize("count", [7, 15, 31, 60])
def test_the_bound_is_above_the_true_median_in_one_of_a_hundred_cases_at_most(count: int) -> None:
    rank = sorted(map(float, range(count))).index(lower_bound(list(map(float, range(count)))))
    chance = sum(math.comb(count, below) for below in range(rank + 1)) / 2**count
    next_chance = chance + math.comb(count, rank + 1) / 2**count
    assert chance <= 0.01 < next_chance, "and the next figure would be too sure of itself"


def test_a_candidate_that_is_twice_as_slow_fails_and_the_number_of_pairs_is_said() -> None:
    ratios = measure(seconds(repeat(0.2)), seconds(repeat(0.1)), allowed=1.5)

    checked = judged(ratios, 1.5)

    assert not checked.passed
    assert checked.said == "2.00 times the published image's, at least 2.00 (99% confidence, n = 31); at most 1.5"
    assert checked.measures == {"ratio": 2.0, "lower bound": 2.0, "n": 31.0}


def test_a_candidate_that_is_as_quick_is_found_so_in_few_pairs() -> None:
    assert len(measure(seconds(repeat(0.1)), seconds(repeat(0.1)), allowed=1.5)) == 7


def test_a_noisy_machine_blocks_nothing() -> None:
    noisy = chain.from_iterable(repeat((0.1, 0.9, 0.1, 0.4, 0.1)))
    assert judged(measure(seconds(noisy), seconds(repeat(0.1)), allowed=1.5), 1.5).passed


def test_one_disturbance_costs_a_few_more_pairs_and_no_more() -> None:
    disturbed = chain((0.1,) * 4, (0.9,), repeat(0.1))
    assert len(measure(seconds(disturbed), seconds(repeat(0.1)), allowed=1.5)) == 11


def test_a_slow_first_answer_is_left_out() -> None:
    ratios = measure(seconds(chain((9.0, 9.0), repeat(0.1))), seconds(repeat(0.1)), allowed=1.5)
    assert ratios == [1.0] * 7
