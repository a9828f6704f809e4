"""Image segmentation: answers are kept and sent without loss, and compared pixel by pixel."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.serving.encode import to_json
from modelyard.tasks.image_segmentation import TASK, Segmentation, palette

LABELS = ("background", "cat", "dog")

shapes = arrays.array_shapes(min_dims=2, max_dims=2, max_side=24)
maps = arrays.arrays(np.uint8, shapes)


def scene() -> Segmentation:
    """A cat and a dog on a large background, as segmentation maps are."""
    classes = np.zeros((60, 80), np.uint8)
    classes[10:40, 10:40] = 1
    classes[20:50, 45:75] = 2
    return Segmentation(classes)


@settings(deadline=None)
@given(classes=maps)
def test_a_kept_answer_is_read_as_it_was(classes: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "kept.png"
    TASK.write(Segmentation(classes), file)
    kept = TASK.read(file)
    assert kept.classes.dtype == np.uint8
    assert np.array_equal(kept.classes, classes)


@settings(deadline=None)
@given(classes=maps)
def test_a_sent_answer_arrives_as_it_was(classes: np.ndarray) -> None:
    answer = TASK.decode(json.loads(to_json({"status": "ok", **TASK.encode(Segmentation(classes))})))
    assert answer.classes.dtype == np.uint8
    assert np.array_equal(answer.classes, classes)


def test_an_answer_is_sent_as_its_schema_says() -> None:
    body = json.loads(to_json(TASK.encode(scene())))
    assert body.keys() == TASK.schema.keys()
    assert body["image_size"] == [80, 60]
    assert len(body["seg_map"]) == 60
    assert set(body["seg_map"][25]) == {0, 1, 2}


@settings(deadline=None)
@given(classes=maps)
def test_equal_answers_pass_with_no_tolerance_at_all(classes: np.ndarray) -> None:
    none = dict.fromkeys(TASK.measures, 0.0)
    compared = TASK.compare(Segmentation(classes), Segmentation(classes.copy()), none, ())
    assert compared.passed
    assert compared.measures == {"differing": 0.0, "iou_loss": 0.0}


@settings(deadline=None)
@given(pair=shapes.flatmap(lambda shape: st.tuples(*[arrays.arrays(np.uint8, shape, elements=st.integers(0, 3))] * 2)))
def test_the_difference_is_the_same_from_either_side(pair: tuple[np.ndarray, np.ndarray]) -> None:
    one, other = map(Segmentation, pair)
    there, back = TASK.difference(one, other), TASK.difference(other, one)
    assert there == pytest.approx(back)
    assert all(0 <= value <= 1 for value in there.values())
    assert (there["differing"] == 0) == (there["iou_loss"] == 0) == np.array_equal(*pair)


def test_the_measures_are_the_share_of_pixels_and_the_mean_jaccard_index() -> None:
    expected = Segmentation(np.array([[0, 0, 1, 1]], np.uint8))
    got = Segmentation(np.array([[0, 1, 1, 1]], np.uint8))
    assert TASK.difference(expected, got) == pytest.approx({"differing": 1 / 4, "iou_loss": 1 - (1 / 2 + 2 / 3) / 2})


@pytest.mark.parametrize("swapped", [1, 2])
def test_an_answer_that_takes_one_class_for_another_fails_with_the_defaults(swapped: int) -> None:
    wrong = scene().classes.copy()
    wrong[wrong == swapped] = 3
    compared = TASK.compare(scene(), Segmentation(wrong), {}, LABELS)
    assert not compared.passed
    assert "expected 80 × 60: background " in compared.summary
    assert "iou_loss" in compared.summary


def test_a_small_object_that_becomes_another_fails_though_few_pixels_differ() -> None:
    expected, wrong = scene().classes.copy(), scene().classes.copy()
    expected[0:4, 0:4], wrong[0:4, 0:4] = 4, 5
    compared = TASK.compare(Segmentation(expected), Segmentation(wrong), {}, LABELS)
    assert compared.measures["differing"] < TASK.measures["differing"].default
    assert not compared.passed


def test_pixels_at_the_edges_may_differ() -> None:
    wrong = scene().classes.copy()
    wrong[10, 10:40] = 0
    assert TASK.compare(scene(), Segmentation(wrong), {}, LABELS).passed
    assert not TASK.compare(scene(), Segmentation(wrong), {"differing": 0.001}, LABELS).passed


def test_an_answer_of_another_shape_fails() -> None:
    compared = TASK.compare(scene(), Segmentation(scene().classes[:, :-1]), {}, LABELS)
    assert not compared.passed
    assert compared.measures == {"differing": 1.0, "iou_loss": 1.0}


def test_a_tolerance_of_another_task_is_told() -> None:
    with pytest.raises(ModelyardError, match="tolerance 'wer': task image-segmentation measures differing, iou_loss"):
        TASK.compare(scene(), scene(), {"wer": 0.1}, LABELS)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"image_size": [1, 1]},
        {"image_size": [2, 1], "seg_map": [[1]]},
        {"image_size": [1, 1], "seg_map": [[256]]},
        {"image_size": [1, 1], "seg_map": [[-1]]},
        {"image_size": [1, 1], "seg_map": [[0.5]]},
        {"image_size": [1, 1], "seg_map": [["1"]]},
        {"image_size": [1, 1], "seg_map": [[True]]},
        {"image_size": [1, 1], "seg_map": [[None]]},
        {"image_size": [1, 2], "seg_map": [[1], [1, 2]]},
        {"image_size": 1, "seg_map": [[1]]},
        {"image_size": None, "seg_map": None},
    ],
)
def test_a_body_of_another_form_is_told(body: dict[str, object]) -> None:
    with pytest.raises(ModelyardError):
        TASK.decode(body)


def test_a_kept_answer_that_is_a_photo_is_told(tmp_path: Path) -> None:
    file = tmp_path / "photo.png"
    PIL.Image.new("RGB", (4, 4)).save(file)
    with pytest.raises(ModelyardError, match=r"photo\.png: an expected answer is a PNG with a palette, not RGB"):
        TASK.read(file)


def test_a_kept_answer_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match=r"none\.png: the expected answer can't be read"):
        TASK.read(tmp_path / "none.png")


@settings(deadline=None)
@given(place=st.integers(0, 100), value=st.integers(0, 255), end=st.integers(1, 400))
def test_a_kept_answer_that_is_damaged_is_told(
    place: int, value: int, end: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "damaged.png"
    TASK.write(scene(), file)
    data = bytearray(file.read_bytes())
    data[place] = value
    file.write_bytes(data[:end] if end < 200 else data)
    try:
        TASK.read(file)
    except ModelyardError as error:
        assert str(file) in str(error)  # noqa: PT017


def test_an_answer_is_described_by_its_largest_classes() -> None:
    assert TASK.describe(scene(), LABELS) == "80 × 60: background 62.5%, dog 18.8%, cat 18.8%"
    assert TASK.describe(Segmentation(np.full((1, 1), 9, np.uint8)), LABELS) == "1 × 1: 9 100.0%"


def test_an_answer_is_drawn_on_its_photo() -> None:
    photo = np.full((120, 160, 3), 200, np.uint8)
    drawn = np.asarray(TASK.draw(Image.from_pixels(photo), scene(), LABELS))
    assert drawn.shape == (60, 80, 3)
    assert (drawn[0, 0] == 200).all(), "the background is left as it is"
    assert (drawn[25, 25] != 200).any(), "an object is coloured"


def test_the_colours_are_those_of_pascal_voc() -> None:
    colours = np.array(palette()).reshape(256, 3)
    assert colours[[0, 1, 15]].tolist() == [[0, 0, 0], [128, 0, 0], [192, 128, 128]]
    assert len(np.unique(colours, axis=0)) == 256
