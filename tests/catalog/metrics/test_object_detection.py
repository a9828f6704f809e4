"""Metrics of object detection: what tells pictures with something from those with nothing is scikit-learn's figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from modelyard.catalog.evaluation import precision
from modelyard.catalog.metrics.object_detection import prepared, summarise

PICTURES = st.tuples(st.booleans(), st.lists(st.integers(0, 5), max_size=3))


def row(there: bool, scores: list[int]) -> dict[str, Any]:
    return precision.observe([score / 5 for score in scores], [[1.0] * len(scores)] * there)


@given(st.lists(PICTURES, min_size=2, max_size=30))
def test_presence_is_the_area_under_the_roc_curve(pictures: list[tuple[bool, list[int]]]) -> None:
    truths = [there for there, _ in pictures]
    assume(len(set(truths)) == 2)
    scores = [max(scores, default=0) for _, scores in pictures]
    found = summarise([row(*one) for one in pictures])
    assert found["presence"] == pytest.approx(roc_auc_score(truths, scores))


@given(st.lists(PICTURES, min_size=1, max_size=8), st.data())
def test_rows_at_places_are_as_good_as_their_list(pictures: list[tuple[bool, list[int]]], data: st.DataObject) -> None:
    rows = [row(*one) for one in pictures]
    places = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=12)))
    found, wanted = prepared(rows)(np.array(places)), summarise([rows[at] for at in places])
    for name in ("precision", "recall", "presence"):
        assert found[name] == pytest.approx(wanted[name])
