"""What is drift, and what is chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from modelyard.catalog.drift import telling
from modelyard.catalog.drift.comparison import FEWEST, SMALL, Compared, compare, quantile

BINS = [str(number) for number in range(10)]
STATISTICS = [f"statistic {number}" for number in range(12)]


def counts(chance: np.random.Generator, n: int, shares: np.ndarray) -> dict[str, float]:
    return dict(zip(BINS, map(float, chance.multinomial(n, shares)), strict=True))


@pytest.mark.parametrize(("items", "requests"), [(100, 500), (2_000, 60), (2_000, 5_000)])
def test_where_nothing_changed_there_is_hardly_ever_an_alarm(items: int, requests: int) -> None:
    chance = np.random.default_rng(3)
    even, skewed = np.full(10, 0.1), np.array([0.4, 0.3, 0.1, 0.05, 0.05, 0.04, 0.03, 0.02, 0.009, 0.001])
    draws, alarms = 250, 0
    for _ in range(draws):
        usual = {name: counts(chance, items, (even, skewed)[at % 2]) for at, name in enumerate(STATISTICS)}
        live = {name: counts(chance, requests, (even, skewed)[at % 2]) for at, name in enumerate(STATISTICS)}
        alarms += any(one.drifted for one in compare(usual, live))

    assert alarms <= 0.01 * draws


@pytest.mark.parametrize("freedom", [1, 2, 5, 9, 20])
def test_the_limit_is_that_of_chi_squared(freedom: int) -> None:
    for tail in (0.01, 1e-3, 2.5e-4):
        assert quantile(freedom, tail) == pytest.approx(chi2.isf(tail, freedom), rel=0.07)
    # Further out, with one degree of freedom, it is too far by a little, and never too near.
    assert 0.98 * chi2.isf(5e-5, freedom) <= quantile(freedom, 5e-5) <= 1.09 * chi2.isf(5e-5, freedom)


def test_the_index_and_the_distance_are_what_textbooks_say() -> None:
    (one,) = compare({"size": {"1": 5_000, "+Inf": 5_000}}, {"size": {"1": 8_000, "+Inf": 2_000}})

    assert one.psi == pytest.approx(0.3 * math.log(0.8 / 0.5) - 0.3 * math.log(0.2 / 0.5), rel=1e-3)
    assert one.ks == pytest.approx(0.3)
    assert one.drifted


def test_the_same_change_is_chance_in_few_requests_and_drift_in_many() -> None:
    usual = {"size": {"1": 500.0, "2": 500.0, "+Inf": 500.0}}
    few, many = ({"size": {"1": 0.45 * n, "2": 0.35 * n, "+Inf": 0.2 * n}} for n in (60, 2_000))

    assert [one.drifted for one in compare(usual, few)] == [False]
    assert [one.drifted for one in compare(usual, many)] == [True]


def test_a_trifle_is_no_drift_however_many_requests_prove_it() -> None:
    usual = {"size": {"1": 1e6, "+Inf": 1e6}}
    (one,) = compare(usual, {"size": {"1": 1.05e6, "+Inf": 0.95e6}})

    assert one.psi_limit == SMALL
    assert not one.drifted


def test_what_never_was_in_the_profile_is_found() -> None:
    (one,) = compare({"side": {"27": 0, "29": 300, "+Inf": 0}}, {"side": {"27": 60, "29": 0, "+Inf": 0}})

    assert one.drifted


def test_classes_have_no_order_and_so_no_distance() -> None:
    (one,) = compare({"class": {"cat": 100, "dog": 100, "other": 3}}, {"class": {"cat": 20, "dog": 180, "other": 0}})

    assert one.ks is None
    assert one.drifted


@pytest.mark.parametrize(
    ("n", "verdict"), [(0, "too few requests"), (FEWEST - 1, "too few requests"), (FEWEST, "none")]
)
def test_few_requests_get_no_verdict(n: int, verdict: str) -> None:
    compared = compare({"size": {"1": 100, "+Inf": 0}}, {"size": {"1": float(n), "+Inf": 0}})

    assert telling.verdict(compared) == verdict


def test_people_see_pictures_first_and_what_moved() -> None:
    usual = {"light": {"10": 50, "20": 50, "+Inf": 50}, "side": {"5": 150, "+Inf": 0}}
    text = telling.to_text(
        "seer", compare(usual, {"light": {"10": 0, "20": 10, "+Inf": 90}, "side": {"5": 100, "+Inf": 0}})
    )

    first, second = text.splitlines()[1:3]
    assert first.startswith("light")
    assert "███" in first
    assert first.endswith("drift")
    assert second.startswith("side")
    assert "light is above 20 in 90% of the requests, and was in 33% of the profile" in text
    assert text.endswith("seer: 1 of 2 statistics drifted")


def test_programs_get_the_same() -> None:
    compared: list[Compared] = compare({"light": {"10": 50, "+Inf": 50}}, {"light": {"10": 30, "+Inf": 30}})
    told = telling.to_dict("seer", compared, ["a note"])

    assert (told["model"], told["verdict"], told["notes"]) == ("seer", "none", ["a note"])
    assert told["statistics"][0]["bins"][0] == {"bin": "10", "usual": 0.5, "live": 0.5}
