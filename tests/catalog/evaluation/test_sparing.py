"""Cheap figures first, and no longer than declared: what is asked no more, and what a hanging model costs."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

import pytest

from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.deadline import Deadline, TooLong
from modelyard.catalog.evaluation.evaluate import Held, evaluate
from modelyard.catalog.evaluation.gate import judge
from modelyard.catalog.evaluation.group import Group
from modelyard.catalog.evaluation.item import Item
from modelyard.manifest.asset import Asset, Evaluation

SWAPPED = Group("names", "{} is here", {"Anna": b"Anna is here", "Omar": b"Omar is here"})


def held_to(asset: Asset, least: float) -> Asset:
    evaluation = Evaluation.model_validate(
        {
            "origin": "Forty texts",
            "metrics": {"accuracy": {"min": least}},
            "robustness": {"metric": "accuracy", "n": 5},
            "counterfactuals": {"names": {"origin": "Made here", "max_shift": 1}},
        }
    )
    return asset.model_copy(update={"evaluation": evaluation})


def given(count: int = 40) -> Held:
    """Texts, of which a model that likes everything gets every other one right."""
    texts = [Item(f"{at}", f"text {at}".encode(), ("positive", "negative")[at % 2]) for at in range(count)]
    return Held("d" * 64, texts, [SWAPPED], count)


class Liking:
    """A model that likes everything, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._lock = threading.Lock()

    def __call__(self, data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        with self._lock:
            self.asked += 1
        return 200, json.dumps({"status": "ok", "predictions": [{"positive": 0.9, "negative": 0.1}]}).encode()


def test_a_figure_that_misses_its_floor_beyond_doubt_ends_the_questions(asset: Asset) -> None:
    model = Liking()
    asset = held_to(asset, 0.9)
    found = evaluate(asset, given(), model, 2, sparing=True)
    assert model.asked == 40
    assert (found.corrupted, found.counterfactuals) == ({}, {})
    assert found.stopped.endswith("beyond doubt below 0.9")
    assert asset.evaluation is not None
    lines = {line.name: line for line in judge(found, asset.evaluation, Baseline(None))}
    assert not lines["quality accuracy"].passed
    assert "beyond doubt" in lines["quality stopped"].said


@pytest.mark.parametrize(("least", "sparing"), [(0.55, True), (0.9, False)])
def test_a_figure_that_may_reach_it_or_a_person_who_asks_goes_on(asset: Asset, least: float, sparing: bool) -> None:
    model = Liking()
    found = evaluate(held_to(asset, least), given(), model, 2, sparing=sparing)
    assert not found.stopped
    assert model.asked == 40 + 5 * len(found.corrupted) + 2
    assert found.counterfactuals["names"].largest == 0


def test_a_model_that_never_answers_ends_the_evaluation_when_the_time_is_up(asset: Asset) -> None:
    never = threading.Event()

    def hanging(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        never.wait()
        return 500, b""

    try:
        with pytest.raises(TooLong, match=r"of sentiment takes longer than its 0.2 s: .*`evaluation.seconds`"):
            evaluate(held_to(asset, 0.5), given(), hanging, 2, deadline=Deadline("sentiment", 0.2))
    finally:
        never.set()
