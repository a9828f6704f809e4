"""What is heard in a sound: the shape that clients know, and the figures of tags of which several may be right."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from modelyard import Audio, Classification, ModelyardError, tasks
from modelyard.catalog.metrics import audio_classification as metrics

TASK = tasks.load("audio-classification")
unhurried = settings(deadline=None)
LABELS = ("guitar", "piano", "drums", "slow")


def heard(*probabilities: float) -> Classification:
    return Classification.best(np.array(probabilities), LABELS, len(LABELS))


def test_it_is_sent_in_the_shape_of_model_asset_exchange() -> None:
    assert TASK.encode(Classification.best(np.array([0.1, 0.75, 0.0, 0.5]), LABELS, 2)) == {
        "predictions": [
            {"label_id": "1", "label": "piano", "probability": 0.75},
            {"label_id": "3", "label": "slow", "probability": 0.5},
        ]
    }


def test_tags_need_not_sum_to_one() -> None:
    assert TASK.decode(TASK.encode(heard(0.9, 0.8, 0.7, 0.6))) == heard(0.9, 0.8, 0.7, 0.6)


def test_an_answer_of_another_shape_is_refused_under_its_own_name() -> None:
    with pytest.raises(ModelyardError, match="no answer of audio-classification"):
        TASK.decode({"predictions": [{"label": "piano"}]})


def test_another_tag_first_is_another_answer() -> None:
    assert TASK.difference(heard(0.9, 0.1, 0, 0), heard(0.1, 0.9, 0, 0)) == {"probability": 0.8, "top1": 1.0}


def test_only_classes_that_were_looked_at_count() -> None:
    row = metrics.observe(heard(0.2, 0.5, 0.1, 0.9), {"piano": True, "guitar": False})
    assert row == {"truth": {"piano": True, "guitar": False}, "said": {"piano": 0.5, "guitar": 0.2}}


def test_a_model_that_is_right_has_all_the_marks() -> None:
    rows = [
        metrics.observe(heard(0.9, 0.1, 0, 0), {"guitar": True, "piano": False}),
        metrics.observe(heard(0.2, 0.3, 0, 0), {"guitar": False, "piano": True}),
    ]
    assert metrics.summarise(rows) == {"top1": 1, "macro_roc_auc": 1, "macro_average_precision": 1}


def test_figures_are_means_over_the_classes() -> None:
    """Piano is told from the rest, guitar is taken for its opposite."""
    rows = [
        metrics.observe(heard(0.1, 0.2, 0, 0), {"guitar": True, "piano": False}),
        metrics.observe(heard(0.9, 0.3, 0, 0), {"guitar": False, "piano": True}),
        metrics.observe(heard(0.8, 0.1, 0, 0), {"guitar": False, "piano": False, "drums": True}),
    ]
    found = metrics.summarise(rows)
    assert found["macro_roc_auc"] == pytest.approx((0 + 1) / 2)
    assert found["macro_average_precision"] == pytest.approx((1 / 3 + 1) / 2)
    assert found["top1"] == 0


@unhurried
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_our_figures_are_scikit_learns(rows: list[tuple[bool, int]]) -> None:
    truth = np.array([right for right, _ in rows])
    said = np.array([score / 5 for _, score in rows])
    if 0 < truth.sum() < len(truth):
        assert metrics.roc_auc(truth, said) == pytest.approx(roc_auc_score(truth, said))
        assert metrics.average_precision(truth, said) == pytest.approx(average_precision_score(truth, said))


def test_a_sound_is_drawn_above_its_classes() -> None:
    encoded = io.BytesIO()
    soundfile.write(encoded, np.zeros(8_000), 4_000, format="WAV")
    sound = Audio.parse(encoded.getvalue())
    assert (
        TASK.draw(sound, heard(0.9, 0.1, 0, 0), ()).tobytes() != TASK.draw(sound, heard(0.1, 0.9, 0, 0), ()).tobytes()
    )
