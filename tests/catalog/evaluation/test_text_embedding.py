"""Vectors are held to what people find alike."""

from __future__ import annotations

import json

import numpy as np
import pytest

from modelyard import TextEmbedding
from modelyard.catalog.metrics.text_embedding import Judged, observe, summarise


def row(key: str, angle: float, length: float = 1.0, **alike: float) -> dict[str, object]:
    vector = length * np.array([np.cos(angle), np.sin(angle)])
    return dict(observe(TextEmbedding(vector.astype(np.float32)), Judged(key, alike)))


def test_a_paraphrase_that_is_nearer_than_others_is_told_right() -> None:
    rows = [row("a", 0, b=1, c=0), row("b", 0.1), row("c", 1.5)]
    assert summarise(rows) == {"triplets": 1.0, "spearman": pytest.approx(1)}


def test_another_text_that_is_nearer_is_told_wrong() -> None:
    rows = [row("a", 0, b=1, c=0, d=0), row("b", 0.5), row("c", 1.5), row("d", 0.1)]
    assert summarise(rows)["triplets"] == 0.5


def test_all_grades_count() -> None:
    rows = [row("a", 0, b=3, c=2, d=1), row("b", 0.1), row("c", 0.9), row("d", 0.5)]
    measured = summarise(rows)
    assert measured["triplets"] == pytest.approx(2 / 3)
    assert measured["spearman"] == pytest.approx(0.5)


def test_the_length_of_a_vector_says_nothing() -> None:
    rows = [row("a", 0, 5, b=1, c=0), row("b", 0.1, 0.1), row("c", 1.5, 100)]
    assert summarise(rows)["triplets"] == 1.0


def test_pairs_of_which_one_text_is_missing_are_left_out() -> None:
    assert summarise([row("a", 0, b=1, c=0), row("c", 1.5)]) == {"triplets": 0.0, "spearman": 0.0}
    assert summarise([row("a", 0, b=1, c=0), row("a", 0, b=1, c=0)]) == {"triplets": 0.0, "spearman": 0.0}


def test_a_row_is_json() -> None:
    one = row("a", 0.3, b=1)
    assert json.loads(json.dumps(one)) == one
