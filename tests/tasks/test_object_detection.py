"""Object detection: boxes that overlap, and what was found in one answer only."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import Box, Detection, Detections, ModelyardError
from modelyard.catalog.metrics import object_detection as metrics
from modelyard.image import Image
from modelyard.serving.encode import to_json
from modelyard.tasks.object_detection import TASK, matched

LABELS = ("face", "hand")

edges = st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(lambda pair: pair[0] != pair[1]).map(sorted)
boxes = st.builds(lambda y, x: Box(y[0] / 100, x[0] / 100, y[1] / 100, x[1] / 100), edges, edges)
detections = st.builds(
    lambda label, p, box: Detection(label, LABELS[label], p, box), st.integers(0, 1), st.floats(0, 1), boxes
)
answers = st.lists(detections, max_size=6).map(
    lambda some: Detections(tuple(sorted(some, key=lambda one: -one.probability)))
)


def face(left: float, top: float = 0.25, probability: float = 0.9, side: float = 0.25, label: int = 0) -> Detection:
    return Detection(label, LABELS[label], probability, Box(top, left, top + side, left + side))


@settings(deadline=None)
@given(answer=answers)
def test_a_sent_answer_arrives_as_it_was(answer: Detections) -> None:
    assert TASK.decode(json.loads(to_json({"status": "ok", **TASK.encode(answer)}))) == answer


def test_an_answer_has_the_form_that_clients_of_max_read() -> None:
    assert TASK.encode(Detections((face(0.5),))) == {
        "predictions": [{"label_id": "0", "label": "face", "probability": 0.9, "detection_box": [0.25, 0.5, 0.5, 0.75]}]
    }
    assert TASK.encode(Detections(())) == {"predictions": []}


@settings(deadline=None)
@given(one=boxes, other=boxes)
def test_the_overlap_is_the_jaccard_index(one: Box, other: Box) -> None:
    grid = np.zeros((2, 100, 100), bool)
    for layer, box in enumerate((one, other)):
        top, left, bottom, right = (round(100 * edge) for edge in (box.top, box.left, box.bottom, box.right))
        grid[layer, top:bottom, left:right] = True
    assert one.iou(other) == pytest.approx((grid[0] & grid[1]).sum() / (grid[0] | grid[1]).sum())
    assert one.iou(other) == pytest.approx(other.iou(one))


@settings(deadline=None)
@given(answer=answers)
def test_equal_answers_pass_with_next_to_no_tolerance(answer: Detections) -> None:
    compared = TASK.compare(answer, answer, dict.fromkeys(TASK.measures, 1e-9), ())
    assert compared.passed, compared.summary


@settings(deadline=None)
@given(one=answers, other=answers)
def test_the_difference_is_the_same_from_either_side(one: Detections, other: Detections) -> None:
    there, back = TASK.difference(one, other), TASK.difference(other, one)
    assert there["count"] == back["count"] == abs(len(one.found) - len(other.found))
    assert there["iou_loss"] == pytest.approx(back["iou_loss"], abs=0.51), "ties may be matched in another order"
    assert -1e-9 <= there["iou_loss"] <= 1


def test_the_loss_is_that_of_the_overlaps_and_one_for_what_stands_alone() -> None:
    expected = Detections((face(0.1), face(0.6)))
    got = Detections((face(0.1 + 0.125),))
    # Half of the side apart, two boxes share a third of what either covers.
    assert TASK.difference(expected, got) == pytest.approx({"count": 1, "iou_loss": 1 - (1 / 3) / 2, "probability": 0})


def test_things_are_matched_by_place_and_not_by_order() -> None:
    expected = Detections((face(0.1, probability=0.9), face(0.6, probability=0.8)))
    got = Detections((face(0.6, probability=0.85), face(0.1, probability=0.84)))
    assert TASK.difference(expected, got) == pytest.approx({"count": 0, "iou_loss": 0, "probability": 0.06})


def test_another_class_at_the_same_place_is_another_thing() -> None:
    assert matched([face(0.1)], [face(0.1, label=1)]) == []
    assert TASK.difference(Detections((face(0.1),)), Detections((face(0.1, label=1),)))["iou_loss"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        (face(0.5), face(0.0)),
        (face(0.53),),
        (face(0.5, top=0.22),),
        (face(0.5, probability=0.8),),
        (face(0.5, side=0.3),),
    ],
)
def test_a_wrong_answer_fails_with_the_defaults(wrong: tuple[Detection, ...]) -> None:
    compared = TASK.compare(Detections((face(0.5),)), Detections(wrong), {}, ())
    assert not compared.passed
    assert "expected 1 found: face 90.0%" in compared.summary


def test_edges_may_move_by_a_hair() -> None:
    assert TASK.compare(Detections((face(0.5),)), Detections((face(0.502, probability=0.89),)), {}, ()).passed


@pytest.mark.parametrize(
    "box", [(0.5, 0, 0.5, 1), (0.6, 0, 0.5, 1), (-0.1, 0, 1, 1), (0, 0, 1, 1.1), (float("nan"), 0, 1, 1)]
)
def test_a_box_lies_in_the_picture_and_has_an_inside(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="is no box"):
        Box(*box)


@pytest.mark.parametrize(
    "change",
    [
        {"detection_box": [0, 0, 1]},
        {"detection_box": None},
        {"detection_box": [0, 0, 2, 2]},
        {"probability": 1.01},
        {"probability": None},
        {"label_id": "first"},
    ],
)
def test_a_prediction_of_another_form_is_told(change: dict[str, object]) -> None:
    (right,) = TASK.encode(Detections((face(0.5),)))["predictions"]
    with pytest.raises(ModelyardError, match="no answer of object-detection"):
        TASK.decode({"predictions": [{**right, **change}]})


def test_the_likeliest_comes_first() -> None:
    with pytest.raises(ValueError, match="the most likely thing does not come first"):
        Detections((face(0.1, probability=0.5), face(0.6, probability=0.9)))


def test_an_answer_is_described_by_what_was_found() -> None:
    assert TASK.describe(Detections(()), ()) == "nothing found"
    assert TASK.describe(Detections((face(0.5), face(0.1, probability=0.5))), ()) == "2 found: face 90.0%, face 50.0%"


def test_an_answer_is_drawn_on_its_photo_where_the_boxes_are() -> None:
    photo = np.full((400, 400, 3), 200, np.uint8)
    drawn = np.asarray(TASK.draw(Image.from_pixels(photo), Detections((face(0.5),)), LABELS))
    assert drawn.shape == photo.shape
    assert (drawn[150, 200] != 200).any(), "the left edge"
    assert (drawn[150, 250] == 200).all(), "inside, the picture is as it was"
    assert (drawn[300:] == 200).all()
    small = np.asarray(TASK.draw(Image.from_pixels(photo[:2, :2]), Detections((face(0.5, side=0.01),)), LABELS))
    assert small.shape == (2, 2, 3)


def test_the_figures_are_told_by_what_is_as_likely_as_not() -> None:
    there = [face(0.1).box, face(0.6).box]
    rows = [
        metrics.observe(Detections((face(0.1), face(0.6, probability=0.3))), there),
        metrics.observe(Detections((face(0.4, probability=0.6),)), []),
        metrics.observe(Detections(()), []),
    ]
    found = metrics.summarise(rows)
    assert found.keys() == metrics.METRICS.keys()
    assert found["precision"] == 0.5
    assert found["recall"] == 0.5
    assert found["presence"] == 1, "the one picture with faces has the likeliest box"
    assert found["ap50"] == pytest.approx((51 * 1 + 50 * (2 / 3)) / 101)


def test_a_part_of_the_data_without_anything_has_figures_too() -> None:
    assert set(metrics.summarise([metrics.observe(Detections(()), [])]).values()) == {1.0}
