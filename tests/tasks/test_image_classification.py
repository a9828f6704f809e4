"""An answer that names classes: how it is made, sent, kept, compared and drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelyard import Classification, Image, ModelyardError, tasks

TASK = tasks.load("image-classification")
unhurried = settings(deadline=None)
LABELS = ("tench", "goldfish", "cock", "hen", "ostrich", "jay")


def answer(**probabilities: float) -> Classification:
    ranked = sorted(probabilities.items(), key=lambda one: -one[1])
    names = tuple(name for name, _ in ranked)
    return Classification(tuple(LABELS.index(name) for name in names), names, tuple(share for _, share in ranked))


def measured(expected: Classification, got: Classification) -> tuple[float, float]:
    found = TASK.difference(expected, got)
    assert found.keys() == TASK.measures.keys()
    return round(found["probability"], 6), found["top1"]


@st.composite
def answers(draw: st.DrawFn) -> Classification:
    scores = draw(st.lists(st.floats(0, 1, width=32), min_size=len(LABELS), max_size=len(LABELS)))
    return Classification.best(np.array(scores), LABELS, draw(st.integers(1, len(LABELS))))


def test_the_best_are_named_first() -> None:
    found = Classification.best(np.array([0.1, 0.5, 0.05, 0.3, 0.03, 0.02]), LABELS, 3)
    assert found == Classification((1, 3, 0), ("goldfish", "hen", "tench"), (0.5, 0.3, 0.1))


def test_of_equally_likely_classes_the_lower_id_comes_first() -> None:
    assert Classification.best(np.full(6, 1 / 6), LABELS, 2).classes == (0, 1)


def test_more_than_there_are_is_all_of_them() -> None:
    found = Classification.best(np.full(6, 1 / 6, np.float32), LABELS, 100)
    assert len(found.classes) == 6
    assert sum(found.probabilities) == pytest.approx(1)


def test_a_network_with_other_classes_than_the_labels_is_a_mistake_in_the_manifest() -> None:
    with pytest.raises(ModelyardError, match=r"tells \[7\] classes apart and 6 have a name: check `labels`"):
        Classification.best(np.zeros(7), LABELS, 1)


@pytest.mark.parametrize(
    ("classes", "labels", "probabilities"),
    [
        ((0,), ("tench", "goldfish"), (0.5,)),
        ((0, 0), ("tench", "tench"), (0.5, 0.5)),
        ((0, 1), ("tench", "goldfish"), (0.4, 0.5)),
        ((0,), ("tench",), (float("nan"),)),
        ((0,), ("tench",), (1.1,)),
        ((0,), ("tench",), (-0.1,)),
    ],
)
def test_what_is_no_ranking_is_no_answer(
    classes: tuple[int, ...], labels: tuple[str, ...], probabilities: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="class|label|probability"):
        Classification(classes, labels, probabilities)


def test_it_has_the_shape_that_clients_of_model_asset_exchange_know() -> None:
    assert TASK.encode(answer(goldfish=0.9, jay=0.05)) == {
        "predictions": [
            {"label_id": "1", "label": "goldfish", "probability": 0.9},
            {"label_id": "5", "label": "jay", "probability": 0.05},
        ]
    }


@given(answers())
@unhurried
def test_what_is_sent_and_received_is_the_same(one: Classification) -> None:
    assert TASK.decode(json.loads(json.dumps(TASK.encode(one)))) == one


@given(answers())
@unhurried
def test_it_follows_its_schema(one: Classification) -> None:
    item = TASK.schema["predictions"]["items"]
    kinds = {"string": str, "number": float}
    for prediction in TASK.encode(one)["predictions"]:
        assert prediction.keys() == set(item["required"]) == item["properties"].keys()
        for name, value in prediction.items():
            assert isinstance(value, kinds[item["properties"][name]["type"]])


def test_the_example_of_the_schema_is_an_answer() -> None:
    example = {"predictions": TASK.schema["predictions"]["example"]}
    assert TASK.encode(TASK.decode(example)) == example


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"predictions": None},
        {"predictions": 3},
        {"predictions": ["tench"]},
        {"predictions": [{"label_id": "0", "label": "tench"}]},
        {"predictions": [{"label_id": "n01440764", "label": "tench", "probability": 1.0}]},
        {"predictions": [{"label_id": "0", "label": "tench", "probability": None}]},
        {"predictions": [{"label_id": "0", "label": "tench", "probability": 7}]},
    ],
)
def test_another_body_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ModelyardError, match="no answer of image-classification"):
        TASK.decode(body)


def test_the_same_answer_differs_in_nothing() -> None:
    one = answer(tench=0.6, hen=0.3)
    assert measured(one, one) == (0, 0)


def test_the_largest_difference_of_a_probability_counts() -> None:
    assert measured(answer(tench=0.6, hen=0.3), answer(tench=0.55, hen=0.31)) == (0.05, 0)


def test_another_best_class_counts_however_near_it_is() -> None:
    assert measured(answer(tench=0.41, hen=0.4), answer(hen=0.41, tench=0.4)) == (0.01, 1)


def test_which_classes_come_last_may_differ_by_a_hair() -> None:
    # jay has at most 0.05 in the first answer and hen at most 0.06 in the second.
    assert measured(answer(tench=0.8, hen=0.05), answer(tench=0.8, jay=0.06)) == (0.01, 0)


def test_the_right_probabilities_on_the_wrong_names_differ() -> None:
    right = answer(tench=0.9, goldfish=0.05, cock=0.01)
    shifted = Classification(right.classes, ("goldfish", "cock", "hen"), right.probabilities)
    assert measured(right, shifted) == (0.89, 1)


def test_the_right_names_on_the_wrong_ids_differ() -> None:
    right = answer(tench=0.9, goldfish=0.05, cock=0.01)
    shifted = Classification((1, 2, 3), right.labels, right.probabilities)
    assert measured(right, shifted) == (0.89, 1)


def test_an_answer_that_names_fewer_classes_is_another_answer() -> None:
    assert measured(answer(tench=0.6, hen=0.3), answer(tench=0.6)) == (1, 1)


@given(answers(), answers())
@unhurried
def test_the_order_of_two_answers_is_nothing_to_their_difference(first: Classification, second: Classification) -> None:
    assert TASK.difference(first, second) == TASK.difference(second, first)


@given(answers())
@settings(unhurried, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_in_a_file_comes_back_within_its_rounding(tmp_path: Path, one: Classification) -> None:
    TASK.write(one, tmp_path / "kept.json")
    assert TASK.compare(TASK.read(tmp_path / "kept.json"), one, {"probability": 1e-6}, LABELS).passed


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"predictions": 1}'])
def test_a_file_with_something_else_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "photo.expected.json"
    path.write_text(content)
    with pytest.raises(ModelyardError, match=r"photo\.expected\.json"):
        TASK.read(path)


def test_a_comparison_says_what_was_expected_and_what_came() -> None:
    said = TASK.compare(answer(tench=0.9), answer(hen=0.8), {}, LABELS)
    assert not said.passed
    assert "expected tench 90.0%; got hen 80.0%" in said.summary
    assert TASK.compare(answer(tench=0.9), answer(tench=0.89), {}, LABELS).passed


def test_it_is_drawn_as_a_bar_each_below_the_picture() -> None:
    image = Image.from_pixels(np.full((200, 400, 3), 90, np.uint8))
    before = image.picture().size
    chart = TASK.draw(image, answer(tench=0.75, hen=0.2), LABELS)
    assert image.picture().size == before
    # The picture is as wide as the chart; in the upper bar, three quarters are of another colour than the rest.
    assert chart.size[0] == 480
    assert chart.getpixel((240, 100)) == (90, 90, 90)
    bar = chart.crop((0, 247, 480, 248))
    colours = bar.getcolors()
    assert colours is not None
    assert {count for count, _ in colours} == {361, 119}


def test_a_long_name_is_cut_and_an_answer_without_classes_is_the_picture(tmp_path: Path) -> None:
    image = Image.from_pixels(np.zeros((10, 10, 3), np.uint8))
    long = Classification((0,), ("a very long name " * 20,), (0.5,))
    assert isinstance(TASK.draw(image, long, LABELS), PIL.Image.Image)
    assert TASK.draw(image, Classification((), (), ()), LABELS).size[0] == 480
    assert TASK.describe(Classification((), (), ()), LABELS) == "no class"


def test_what_is_counted_is_the_most_likely_class() -> None:
    assert list(TASK.observe(answer(hen=0.6, tench=0.3))) == [(3, 0.6)]
    assert list(TASK.observe(Classification((), (), ()))) == []
