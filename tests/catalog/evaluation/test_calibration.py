"""Whether answers are right as often as they say."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from modelyard.catalog.evaluation import calibration, measures
from modelyard.catalog.evaluation.metric import Row
from modelyard.catalog.records.quality import Figure


def certainty(row: Row) -> tuple[float, bool]:
    return row["said"], row["right"]


def rows(pairs: Sequence[tuple[float, bool]]) -> list[Row]:
    return [{"said": said, "right": right} for said, right in pairs]


def test_answers_that_are_right_as_often_as_they_say_have_no_error() -> None:
    found = calibration.summarise(rows([(0.75, True)] * 3 + [(0.75, False)]), certainty)
    assert found["calibration_error"] == pytest.approx(0)


def test_answers_that_are_surer_than_right_are_off_by_what_lies_between() -> None:
    some = rows([(0.9, True)] * 6 + [(0.9, False)] * 4)
    found = calibration.summarise(some, certainty)
    assert found["calibration_error"] == pytest.approx(0.3)
    figures = {name: Figure(value=value) for name, value in found.items()}
    diagram = calibration.diagram(some, certainty, figures)
    assert diagram is not None
    (only,) = diagram.bins
    assert (only.n, only.confidence, only.accuracy) == pytest.approx((10, 0.9, 0.6))
    assert only.low < 0.9 <= only.high


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_the_error_lies_between_0_and_1_and_the_brier_score_is_scikit_learn_s(pairs: list[tuple[float, bool]]) -> None:
    found = calibration.summarise(rows(pairs), certainty)
    assert 0 <= found["calibration_error"] <= 1
    said, right = (np.array(column) for column in zip(*pairs, strict=True))
    assert math.isclose(found["brier"], brier_score_loss(right, said, pos_label=True), abs_tol=1e-12)


def test_tasks_that_name_a_probability_are_measured_and_others_are_not() -> None:
    for task, has in (("text-classification", True), ("image-classification", True), ("image-segmentation", False)):
        assert ("calibration_error" in measures.of(task).metrics) is has
    text = measures.of("text-classification")
    found = text.summarise(
        [{"truth": "a", "said": "a", "probability": 0.6}, {"truth": "a", "said": "b", "probability": 0.6}]
    )
    assert found["calibration_error"] == pytest.approx(0.1)
    assert text.summarise([{"truth": "a", "said": "a"}]).keys() == {"accuracy", "macro_f1"}, "rows of older versions"
