"""face-detector: MediaPipe's anchors, its weighted suppression, and boxes without the bars."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from modelyard import Image

FILE = Path(__file__).parents[2] / "assets" / "face-detector" / "pipeline.py"


@pytest.fixture(scope="module")
def module() -> Any:
    spec = importlib.util.spec_from_file_location("pipeline_of_face_detector", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def detector(module: Any) -> Any:
    """The pipeline around a network that isn't asked."""
    network = SimpleNamespace(inputs=[SimpleNamespace(name="input")])
    detector = module.FaceDetector(SimpleNamespace(load=lambda path: network), ("face",))
    detector.load(Path())
    return detector


def said(detector: Any, faces: list[tuple[int, float, tuple[float, float, float, float]]]) -> dict[str, np.ndarray]:
    """What the network says of faces: an anchor, a probability, the box in the square (left, top, right, bottom)."""
    regressors = np.zeros((1, 896, 16), np.float32)
    logits = np.full((1, 896, 1), -100, np.float32)
    for anchor, probability, (left, top, right, bottom) in faces:
        x, y = detector.anchors[anchor]
        middle = ((left + right) / 2 - x, (top + bottom) / 2 - y)
        regressors[0, anchor, :4] = np.multiply((*middle, right - left, bottom - top), 128)
        logits[0, anchor, 0] = np.log(probability / (1 - probability))
    return {"regressors": regressors, "classificators": logits}


def picture(width: int, height: int) -> Image:
    return Image.from_pixels(np.full((height, width, 3), 255, np.uint8))


def test_the_anchors_stand_in_the_cells_of_two_grids(detector: Any) -> None:
    anchors = detector.anchors
    assert anchors.shape == (896, 2)
    assert anchors[:4].tolist() == [[1 / 32, 1 / 32]] * 2 + [[3 / 32, 1 / 32]] * 2, "two in a cell, the rows first"
    assert anchors[512:519].tolist() == [[1 / 16, 1 / 16]] * 6 + [[3 / 16, 1 / 16]], (
        "then six in a cell of twice the size"
    )


@pytest.mark.parametrize(("width", "height"), [(200, 200), (400, 200), (200, 400), (1, 300), (5000, 30)])
def test_a_picture_becomes_a_square_with_black_bars(detector: Any, width: int, height: int) -> None:
    (pixels,) = detector.preprocess(picture(width, height)).values()
    assert pixels.shape == (1, 128, 128, 3)
    assert pixels.dtype == np.float32
    assert pixels.min() >= -1
    assert pixels.max() <= 1
    assert pixels[0, 64, 64].max() > -1, "the picture is in the middle"
    if width > height:
        assert (pixels[0, 0] == -1).all()
    if width < height:
        assert (pixels[0, :, 0] == -1).all()


def test_a_box_is_told_without_the_bars(detector: Any) -> None:
    tensors = said(detector, [(100, 0.9, (0.25, 0.375, 0.5, 0.625))])
    (one,) = detector.postprocess(tensors, picture(400, 200)).found
    assert (one.label_id, one.label) == (0, "face")
    assert one.probability == pytest.approx(0.9, abs=1e-5)
    edges = (one.box.left, one.box.top, one.box.right, one.box.bottom)
    assert edges == pytest.approx((0.25, 0.25, 0.5, 0.75), abs=1e-5)


def test_a_box_ends_at_the_edge_of_the_picture(detector: Any) -> None:
    tensors = said(detector, [(100, 0.9, (-0.1, 0.1, 0.2, 0.4))])
    (one,) = detector.postprocess(tensors, picture(400, 200)).found
    assert (one.box.left, one.box.top) == (0, 0)


def test_a_face_in_the_bars_is_none(detector: Any) -> None:
    assert detector.postprocess(said(detector, [(4, 0.9, (0.1, 0.05, 0.3, 0.2))]), picture(400, 200)).found == ()


def test_boxes_of_one_face_become_their_mean_by_how_likely_they_are(detector: Any) -> None:
    tensors = said(detector, [(100, 0.9, (0.2, 0.2, 0.4, 0.4)), (101, 0.6, (0.25, 0.2, 0.45, 0.4))])
    (one,) = detector.postprocess(tensors, picture(200, 200)).found
    assert one.probability == pytest.approx(0.9, abs=1e-5), "as likely as the likeliest"
    assert one.box.left == pytest.approx((0.9 * 0.2 + 0.6 * 0.25) / 1.5, abs=1e-5)
    assert one.box.top == pytest.approx(0.2, abs=1e-5)


def test_two_faces_stay_two(detector: Any) -> None:
    tensors = said(detector, [(100, 0.7, (0.1, 0.2, 0.3, 0.4)), (200, 0.8, (0.6, 0.2, 0.8, 0.4))])
    found = detector.postprocess(tensors, picture(200, 200)).found
    assert [round(one.box.left, 3) for one in found] == [0.6, 0.1], "the likeliest first"


def test_what_is_less_likely_than_was_asked_for_is_left_out(detector: Any) -> None:
    tensors = said(detector, [(100, 0.4, (0.1, 0.2, 0.3, 0.4))])
    assert detector.postprocess(tensors, picture(200, 200)).found == ()
    assert len(detector.postprocess(tensors, picture(200, 200), threshold=0.3).found) == 1


def test_everything_may_be_asked_for(detector: Any) -> None:
    random = np.random.default_rng(0)
    tensors = {
        "regressors": random.normal(0, 30, (1, 896, 16)).astype(np.float32),
        "classificators": random.normal(0, 3, (1, 896, 1)).astype(np.float32),
    }
    found = detector.postprocess(tensors, picture(300, 200), threshold=0.0).found
    assert len(found) > 50
    detector.postprocess({**tensors, "regressors": 0 * tensors["regressors"]}, picture(300, 200), threshold=0.0)
