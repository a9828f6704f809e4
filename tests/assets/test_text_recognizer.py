"""text-recognizer: rectangles around parts of a map, lines cut out of pictures, and lines read together."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import pytest
import scipy.ndimage
import skimage.draw
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial import ConvexHull, QhullError

FOLDER = Path(__file__).parents[2] / "assets" / "text-recognizer"


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"text_recognizer_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


boxes, pictures = module("boxes"), module("pictures")
masks = arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))
points = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20)


def turned(width: float, height: float, degrees: float, middle: tuple[float, float]) -> np.ndarray:
    """The corners of a turned rectangle, from the one that was at the top left on, clockwise."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2] @ turn + middle


def text_map(size: tuple[int, int], *corners: np.ndarray, likely: float = 0.9) -> np.ndarray:
    """What the first network says of lines: likely inside, nothing outside."""
    said = np.zeros(size[::-1], np.float32)
    for one in corners:
        rows, columns = skimage.draw.polygon(one[:, 1], one[:, 0], said.shape)
        said[rows, columns] = likely
    return said


@settings(deadline=None)
@given(masks)
def test_parts_are_those_that_scipy_finds(mask: np.ndarray) -> None:
    labels, count = scipy.ndimage.label(mask, np.ones((3, 3)))
    found = list(boxes.parts(mask))
    assert len(found) == count
    for outline in found:
        (label,) = {labels[y, x] for x, y in outline.tolist()}
        rows, columns = np.nonzero(labels == label)
        wanted = {(row, side(columns[rows == row])) for row in set(rows.tolist()) for side in (min, max)}
        assert {(y, x) for x, y in outline.tolist()} == wanted
    assert len({tuple(outline[0]) for outline in found}) == count


def test_a_spiral_is_one_part_and_found_at_once() -> None:
    mask = np.zeros((801, 801), np.bool_)
    for ring in range(0, 400, 4):
        mask[ring, ring : -ring or None] = mask[-ring - 1, ring : -ring or None] = True
        mask[ring : -ring or None, -ring - 1] = mask[ring + 4 : -ring or None, ring] = True
        mask[ring + 4, ring : ring + 5] = True
    began = time.monotonic()
    assert len(list(boxes.parts(mask))) == 1
    assert time.monotonic() - began < 5


@settings(deadline=None)
@given(points)
def test_the_hull_is_the_one_that_scipy_finds(given: list[tuple[int, int]]) -> None:
    sorted_points = np.array(sorted(given, key=lambda point: (point[1], point[0])))
    found = {tuple(point) for point in boxes.hull(sorted_points).astype(int).tolist()}
    try:
        wanted = ConvexHull(np.unique(sorted_points, axis=0))
    except (QhullError, ValueError):  # all in one line: its ends
        assert found == {tuple(sorted_points[0].tolist()), tuple(sorted_points[-1].tolist())}
        return
    assert found == {tuple(point) for point in wanted.points[wanted.vertices].astype(int).tolist()}


@settings(deadline=None)
@given(points, st.floats(0, 90))
def test_no_turned_rectangle_around_the_points_is_smaller(given: list[tuple[int, int]], degrees: float) -> None:
    sorted_points = np.array(sorted(given, key=lambda point: (point[1], point[0])), float)
    along, across = boxes.smallest(boxes.hull(sorted_points.astype(int)))
    for axis, (begin, end) in (along, across):
        places = sorted_points @ axis
        assert begin == pytest.approx(places.min(), abs=1e-6)
        assert end == pytest.approx(places.max(), abs=1e-6)
    angle = np.deg2rad(degrees)
    other = sorted_points @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    assert np.ptp(along[1]) * np.ptp(across[1]) <= np.prod(np.ptp(other, axis=0)) + 1e-6


@pytest.mark.parametrize("degrees", [0, 3, -20, 44])
def test_a_line_is_found_and_grown_by_what_its_map_lacks(degrees: float) -> None:
    there = turned(200, 20, degrees, (150, 150))
    (found,) = boxes.lines(text_map((300, 300), there))
    grown = 200 * 20 * boxes.GROWN / (2 * 220)
    wanted = turned(200 + 2 * grown, 20 + 2 * grown, degrees, (150, 150))
    assert np.abs(found - wanted).max() < 3


def test_what_is_faint_or_small_is_no_line() -> None:
    assert not boxes.lines(text_map((300, 300), turned(200, 20, 0, (150, 150)), likely=0.4))
    assert not boxes.lines(text_map((300, 300), turned(60, 1, 0, (150, 150))))
    assert not boxes.lines(np.zeros((64, 64), np.float32))


def test_a_map_full_of_specks_has_no_more_lines_than_are_looked_at() -> None:
    said = np.zeros((1_000, 1_000), np.float32)
    for row in range(0, 1_000, 16):
        for column in range(0, 1_000, 16):
            said[row : row + 8, column : column + 8] = 1
    began = time.monotonic()
    assert len(boxes.lines(said)) == boxes.MOST
    assert time.monotonic() - began < 20


@settings(deadline=None)
@given(st.integers(8, 60), st.integers(8, 60), st.floats(-80, 80))
def test_the_mean_inside_is_that_of_the_pixels_inside(width: int, height: int, degrees: float) -> None:
    values = np.random.default_rng(0).random((120, 120))
    box = np.trunc(turned(width, height, degrees, (60, 60)))
    sums = np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))
    inside = values[skimage.draw.polygon(box[:, 1], box[:, 0], values.shape)]
    assert boxes.mean_inside(sums, box) == pytest.approx(inside.mean(), abs=0.08)


@pytest.mark.parametrize(
    ("size", "bounded", "searched"),
    [
        ((640, 480), (640, 480), (992, 736)),
        ((4_000, 3_000), (1_984, 1_504), (1_696, 1_280)),
        ((1, 1), (32, 32), (736, 736)),
        ((10_000, 1), (1_984, 32), (2_944, 736)),
        ((1, 10_000), (32, 1_984), (32, 2_944)),
    ],
)
def test_no_picture_is_searched_beyond_bounds(
    size: tuple[int, int], bounded: tuple[int, int], searched: tuple[int, int]
) -> None:
    assert pictures.bounded(size) == bounded
    bordered = pictures.bordered(PIL.Image.new("RGB", bounded))
    width, height = pictures.searched(bordered.size)
    assert (width, height) == pytest.approx(searched, abs=32)
    assert width % 32 == height % 32 == 0
    assert width * height <= 1.05 * pictures.MOST


def test_lines_are_in_the_order_in_which_they_are_read() -> None:
    places = [(300, 12), (20, 10), (20, 60), (250, 55)]
    there = [turned(100, 20, 0, (x + 50, y + 10)) for x, y in places]
    found = pictures.placed(there, (800, 200), (400, 100))
    assert [tuple(box[0] * 2) for box in found] == [(20, 10), (300, 12), (20, 60), (250, 56)]


@pytest.mark.parametrize("degrees", [0, 12, -30])
def test_a_turned_line_is_cut_out_straight(degrees: float) -> None:
    box = turned(200, 40, degrees, (150, 150))
    picture = PIL.Image.new("RGB", (300, 300), "black")
    pen = PIL.ImageDraw.Draw(picture)
    pen.polygon([tuple(corner) for corner in turned(210, 50, degrees, (150, 150))], fill="white")
    middle_left = (box[0] + box[3]) / 2 * 0.75 + (box[1] + box[2]) / 2 * 0.25
    pen.ellipse((*(middle_left - 8), *(middle_left + 8)), fill="red")
    line = np.asarray(pictures.cut(picture, box), float)
    assert line.shape[:2] == pytest.approx((40, 200), abs=1)
    rows, columns = np.nonzero(line[..., 1] < 128)
    assert (rows.mean(), columns.mean()) == pytest.approx((20, 50), abs=1.5)


def test_a_line_that_stands_is_laid_down() -> None:
    picture = PIL.Image.new("RGB", (100, 300), "white")
    PIL.ImageDraw.Draw(picture).rectangle((0, 0, 40, 40), fill="red")
    line = pictures.cut(picture, np.array([[0, 0], [40, 0], [40, 200], [0, 200]], float))
    assert line.size == (200, 40)
    # What was at its top is at its left, as in a line that is read with the head to the left.
    assert line.getpixel((20, 20)) == (255, 0, 0)
