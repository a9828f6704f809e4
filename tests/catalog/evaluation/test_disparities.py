"""How far the parts of the items are apart: fairlearn's differences and ratios, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from pydantic import ValidationError
from sklearn.metrics import accuracy_score

from modelyard.catalog.evaluation import bootstrap, disparities, measures
from modelyard.catalog.evaluation.metric import Row
from modelyard.catalog.records.quality import Figure, Measured
from modelyard.manifest.asset import Partition

TEXTS = measures.of("text-classification")


def part(right: int, of: int) -> list[Row]:
    return [{"truth": "a", "said": "a" if at < right else "b", "probability": 0.9} for at in range(of)]


def apart(parts: dict[str, Sequence[Row]]) -> dict[str, disparities.Disparity]:
    figures = {
        name: Measured(n=len(rows), metrics={key: Figure(value=value) for key, value in TEXTS.summarise(rows).items()})
        for name, rows in parts.items()
    }
    drawn = {name: bootstrap.drawn(rows, TEXTS.summarise) for name, rows in parts.items()}
    return disparities.of(figures, drawn, TEXTS.metrics)


def test_the_figures_are_fairlearn_s() -> None:
    parts = {"young": part(90, 100), "old": part(30, 50), "older": part(30, 40)}
    found = apart(dict(parts))["accuracy"]
    rows = [row for some in parts.values() for row in some]
    frame = MetricFrame(
        metrics=accuracy_score,
        y_true=[row["truth"] for row in rows],
        y_pred=[row["said"] for row in rows],
        sensitive_features=np.repeat(list(parts), [len(some) for some in parts.values()]),
    )
    assert found.difference.value == pytest.approx(frame.difference(method="between_groups"))
    assert found.ratio is not None
    assert found.ratio.value == pytest.approx(frame.ratio(method="between_groups"))
    assert (found.best, found.worst) == ("young", "old")
    assert found.difference.low is not None
    assert found.difference.high is not None
    assert 0 < found.difference.low < 0.3 < found.difference.high < 0.5


def test_of_what_is_better_when_it_is_lower_the_best_part_has_the_least() -> None:
    found = apart({"calm": part(90, 100), "loud": part(10, 100)})["brier"]
    assert (found.best, found.worst) == ("calm", "loud")


def test_a_figure_of_0_has_no_ratio() -> None:
    found = apart({"calm": part(50, 50), "loud": part(0, 50)})["accuracy"]
    assert (found.difference.value, found.ratio) == (1, None)


def test_one_part_alone_is_apart_from_nothing() -> None:
    assert apart({"calm": part(50, 50)}) == {}


def test_groups_of_people_must_be_held_to_each_other() -> None:
    Partition(origin="The files", sensitive=True, max_gap={"accuracy": 0.1})
    with pytest.raises(ValidationError, match="the parts are groups of people: say with `max_gap`"):
        Partition(origin="The files", sensitive=True)
