"""Accuracy and F-measure are scikit-learn's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from modelyard.catalog.evaluation import agreement


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcde")), min_size=1, max_size=40))
def test_they_are_scikit_learn_s_over_all_classes_and_over_those_that_occur(pairs: list[tuple[str, str]]) -> None:
    truths, said = zip(*pairs, strict=True)
    rows = [{"truth": truth, "said": one} for truth, one in pairs]
    whole = f1_score(truths, said, average="macro", zero_division=0)
    occurring = f1_score(truths, said, labels=sorted(set(truths)), average="macro", zero_division=0)
    assert agreement.summarise(rows) == pytest.approx({"accuracy": accuracy_score(truths, said), "macro_f1": whole})
    assert agreement.summarise(rows, occurring=True)["macro_f1"] == pytest.approx(occurring)
