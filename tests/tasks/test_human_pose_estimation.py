"""Human pose estimation: who is who in two answers, and how near the parts are."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import BodyPart, ModelyardError, Person, Poses
from modelyard.catalog.metrics import human_pose_estimation as metrics
from modelyard.image import Image
from modelyard.serving.encode import to_json
from modelyard.tasks.human_pose_estimation import LINES, PARTS, TASK, similarity

parts = st.builds(BodyPart, st.integers(0, len(PARTS) - 1), st.integers(0, 500), st.integers(0, 500), st.floats(0, 1))
people = st.lists(parts, min_size=1, max_size=18, unique_by=lambda one: one.part).map(
    lambda some: Person(tuple(sorted(some, key=lambda one: one.part)))
)
answers = st.lists(people, max_size=4).map(lambda some: Poses(tuple(some)))


def standing(x: int = 100, y: int = 100, size: int = 100, score: float = 0.8) -> Person:
    """Somebody who faces the camera, arms down."""
    places = {
        "Nose": (0, 0), "Neck": (0, 0.6), "RShoulder": (-0.5, 0.6), "RElbow": (-0.6, 1.3), "RWrist": (-0.6, 1.9),
        "LShoulder": (0.5, 0.6), "LElbow": (0.6, 1.3), "LWrist": (0.6, 1.9), "RHip": (-0.3, 2), "LHip": (0.3, 2),
    }  # fmt: skip
    return Person(
        tuple(
            BodyPart(PARTS.index(name), round(x + size * across), round(y + size * down), score)
            for name, (across, down) in sorted(places.items(), key=lambda one: PARTS.index(one[0]))
        )
    )


def moved(person: Person, by: int, *, only: str | None = None) -> Person:
    return Person(
        tuple(
            BodyPart(one.part, one.x + (by if only in (None, one.name) else 0), one.y, one.score)
            for one in person.parts
        )
    )


@settings(deadline=None)
@given(answer=answers)
def test_a_sent_answer_arrives_as_it_was(answer: Poses) -> None:
    assert TASK.decode(json.loads(to_json({"status": "ok", **TASK.encode(answer)}))) == answer


def test_an_answer_has_the_form_that_clients_of_max_read() -> None:
    (person,) = TASK.encode(Poses((standing(),)))["predictions"]
    assert person["human_id"] == 0
    assert person["body_parts"][0] == {"part_id": 0, "part_name": "Nose", "score": 0.8, "x": 100, "y": 100}
    assert person["pose_lines"][0] == {"line": [100, 160, 50, 160]}, "from the neck to the right shoulder"
    assert len(person["pose_lines"]) == 9
    assert TASK.encode(Poses(())) == {"predictions": []}


def test_a_line_is_drawn_where_both_its_parts_were_found() -> None:
    without = Person(tuple(one for one in standing().parts if one.name != "RElbow"))
    named = {(one.name, other.name) for one, other in without.lines}
    assert ("Neck", "RShoulder") in named
    assert not any("RElbow" in pair for pair in named)
    assert len(LINES) == 17


@settings(deadline=None)
@given(answer=answers)
def test_equal_answers_pass_with_no_tolerance_at_all(answer: Poses) -> None:
    compared = TASK.compare(answer, answer, dict.fromkeys(TASK.measures, 1e-12), ())
    assert compared.passed, compared.summary


@settings(deadline=None)
@given(one=answers, other=answers)
def test_the_difference_is_within_its_bounds(one: Poses, other: Poses) -> None:
    found = TASK.difference(one, other)
    assert found["people"] == abs(len(one.people) - len(other.people))
    assert -1e-9 <= found["oks_loss"] <= 1
    assert 0 <= found["score"] <= 1


def test_people_are_matched_whatever_their_order() -> None:
    here, there = standing(100), standing(400)
    assert TASK.difference(Poses((here, there)), Poses((there, here)))["oks_loss"] == pytest.approx(0)


def test_the_similarity_is_cocos() -> None:
    """exp(-d² / (2 · area · (2σ)²)), the mean over the labelled parts."""
    one = Person((BodyPart(0, 0, 0, 1.0), BodyPart(2, 99, 99, 1.0)))
    other = Person((BodyPart(0, 3, 4, 1.0), BodyPart(2, 99, 99, 1.0)))
    assert one.area == 10_000
    wanted = (math.exp(-25 / (2 * 10_000 * (2 * 0.026) ** 2)) + 1) / 2
    assert similarity(one, other) == pytest.approx(wanted)
    assert similarity(one, Person((BodyPart(2, 99, 99, 1.0),))) == pytest.approx(0.5), "a part that wasn't found is far"


def test_a_person_in_a_line_has_a_size_too() -> None:
    assert Person((BodyPart(0, 5, 0, 1.0), BodyPart(1, 5, 99, 1.0))).area == 5_000


@pytest.mark.parametrize(
    "wrong", ["a person too many", "a person too few", "shifted", "left for right", "a part too few"]
)
def test_a_wrong_answer_fails_with_the_defaults(wrong: str) -> None:
    right = Poses((standing(100), standing(400)))
    mirrored = Person(
        tuple(
            sorted(
                (
                    BodyPart(PARTS.index(one.name.translate(str.maketrans("LR", "RL"))), one.x, one.y, one.score)
                    if one.name[0] in "LR"
                    else one
                    for one in standing(100).parts
                ),
                key=lambda one: one.part,
            )
        )
    )
    got = {
        "a person too many": Poses((*right.people, standing(800))),
        "a person too few": Poses(right.people[:1]),
        "shifted": Poses(tuple(moved(person, 12) for person in right.people)),
        "left for right": Poses((mirrored, standing(400))),
        "a part too few": Poses((Person(standing(100).parts[:-2]), standing(400))),
    }[wrong]
    assert not TASK.compare(right, got, {}, ()).passed


def test_parts_may_move_by_a_pixel() -> None:
    right = Poses((standing(),))
    assert TASK.compare(right, Poses((moved(standing(), 1),)), {}, ()).passed


@pytest.mark.parametrize(
    "part",
    [
        {"part_id": 18, "part_name": "Tail", "score": 0.5, "x": 1, "y": 1},
        {"part_id": -1, "part_name": "Nose", "score": 0.5, "x": 1, "y": 1},
        {"part_id": 0, "part_name": "Nose", "score": 1.5, "x": 1, "y": 1},
        {"part_id": 0, "part_name": "Nose", "score": float("nan"), "x": 1, "y": 1},
        {"part_id": 0, "part_name": "Nose", "score": 0.5, "x": None, "y": 1},
        {"part_id": 0, "score": 0.5, "y": 1},
        None,
    ],
)
def test_a_part_of_another_form_is_told(part: object) -> None:
    with pytest.raises(ModelyardError, match="no answer of human-pose-estimation"):
        TASK.decode({"predictions": [{"human_id": 0, "pose_lines": [], "body_parts": [part]}]})


@pytest.mark.parametrize("ids", [[], [1, 0], [3, 3]])
def test_a_person_has_each_part_once_and_in_order(ids: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one part, each of them once"):
        Person(tuple(BodyPart(one, 0, 0, 1.0) for one in ids))


def test_an_answer_is_described_by_its_people() -> None:
    assert TASK.describe(Poses(()), ()) == "nobody"
    assert TASK.describe(Poses((standing(),)), ()) == "1 person: 10 parts 80%"
    assert TASK.describe(Poses((standing(),) * 7), ()).startswith("7 people: 10 parts 80%, ")


def test_an_answer_is_drawn_on_its_photo_where_the_people_are() -> None:
    photo = np.full((400, 600, 3), 200, np.uint8)
    drawn = np.asarray(TASK.draw(Image.from_pixels(photo), Poses((standing(),)), ()))
    assert drawn.shape == photo.shape
    assert (drawn[130, 100] != 200).any(), "a line from nose to neck"
    assert (drawn[:, 300:] == 200).all(), "nobody is on the right"
    large = np.asarray(TASK.draw(Image.from_pixels(np.zeros((100, 2000, 3), np.uint8)), Poses(()), ()))
    assert large.shape == (48, 960, 3)


def test_the_figures_of_a_perfect_model_are_perfect() -> None:
    truth = [standing(100), standing(400)]
    rows = [metrics.observe(Poses(tuple(truth)), truth), metrics.observe(Poses(()), [])]
    assert metrics.summarise(rows) == pytest.approx({"ap": 1, "ap50": 1, "oks": 1, "miscount": 0})


def test_a_person_who_is_not_found_counts_as_one_and_a_ghost_costs_precision_and_no_similarity() -> None:
    missed = [metrics.observe(Poses((standing(100),)), [standing(100), standing(400)])]
    assert metrics.summarise(missed) == pytest.approx({"ap": 51 / 101, "ap50": 51 / 101, "oks": 0.5, "miscount": 1})
    ghost = Poses((standing(800, score=0.9), standing(100, score=0.8)))
    haunted = metrics.summarise([metrics.observe(ghost, [standing(100)])])
    assert haunted == pytest.approx({"ap": 0.5, "ap50": 0.5, "oks": 1, "miscount": 1})
