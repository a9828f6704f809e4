"""How sure figures are, and how sure a change of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.evaluation import bootstrap
from modelyard.catalog.evaluation.metric import listing

Row = Mapping[str, Any]


def share(rows: Sequence[Row]) -> dict[str, float]:
    return {"share": float(np.mean([row["right"] for row in rows]))}


def rows(right: Sequence[bool]) -> list[Row]:
    return [{"right": one} for one in right]


def test_the_interval_holds_the_true_share_about_as_often_as_it_says() -> None:
    generator = np.random.default_rng(1)
    held = 0
    for _ in range(60):
        low, high = bootstrap.intervals(rows(generator.random(80) < 0.8), share)["share"]
        held += low <= 0.8 <= high
    assert 50 <= held <= 60


def test_too_few_items_have_no_interval() -> None:
    assert bootstrap.intervals(rows([True, False, True, True]), share) == {}


def test_a_figure_that_most_draws_have_no_number_for_has_no_interval() -> None:
    def undefined(some: Sequence[Row]) -> dict[str, float]:
        return {"share": float("nan")}

    assert bootstrap.intervals(rows([True] * 10), undefined) == {}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=5, max_size=60))
def test_the_same_answers_differ_by_nothing_at_all(right: list[bool]) -> None:
    found = bootstrap.differences(rows(right), rows(right), listing(share))["share"]
    assert (found.value, found.low, found.high) == (0, 0, 0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=5, max_size=60))
def test_a_difference_lies_within_its_interval_and_turns_round_with_its_sides(pairs: list[tuple[bool, bool]]) -> None:
    before, after = (rows([pair[at] for pair in pairs]) for at in (0, 1))
    forth, back = (
        bootstrap.differences(before, after, listing(share))["share"],
        bootstrap.differences(after, before, listing(share))["share"],
    )
    assert forth.low - 1e-9 <= forth.value <= forth.high + 1e-9
    assert np.allclose([forth.value, forth.low, forth.high], [-back.value, -back.high, -back.low])


def test_what_is_hard_for_both_hides_no_small_loss() -> None:
    """Half of 200 items are beyond both; of the others, the later one misses ten more."""
    before = [True] * 100 + [False] * 100
    after = [False] * 10 + [True] * 90 + [False] * 100
    paired = bootstrap.differences(rows(before), rows(after), listing(share))["share"]
    assert np.isclose(paired.value, -0.05)
    assert paired.high < -0.02
    _, high = bootstrap.intervals(rows(after), share)["share"]
    assert high > 0.5, "unpaired, the loss would be within the noise"


def test_the_same_rows_give_the_same_interval() -> None:
    right = [True, True, False, True, False, True, True]
    assert bootstrap.intervals(rows(right), share) == bootstrap.intervals(rows(right), share)
