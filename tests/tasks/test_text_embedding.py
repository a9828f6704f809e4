"""Vectors of texts: compared by their angle, several texts in one request, drawn and described."""

from __future__ import annotations

import numpy as np
import pytest

from modelyard import ModelyardError, Text, TextEmbedding, tasks

TASK = tasks.load("text-embedding")


def embedding(*numbers: float) -> TextEmbedding:
    return TextEmbedding(np.array(numbers, np.float32))


def test_texts_that_mean_alike_point_alike() -> None:
    assert embedding(1, 0).similarity(embedding(3, 0)) == pytest.approx(1)
    assert embedding(1, 0).similarity(embedding(0, 1)) == pytest.approx(0)
    assert embedding(1, 1).similarity(embedding(-1, -1)) == pytest.approx(-1)


def test_a_vector_without_a_direction_is_like_nothing() -> None:
    assert embedding(0, 0).similarity(embedding(1, 0)) == 0
    assert TASK.compare(embedding(0, 0), embedding(0, 0), {}, ()).passed


def test_another_angle_fails_however_large_the_numbers_are() -> None:
    compared = TASK.compare(embedding(100, 0), embedding(100, 3), {}, ())
    assert not compared.passed
    assert compared.measures["cosine"] == pytest.approx(1 - 1 / np.hypot(1, 0.03), rel=1e-3)


def test_another_length_fails_though_the_angle_is_the_same() -> None:
    compared = TASK.compare(embedding(1, 0), embedding(0.9, 0), {}, ())
    assert not compared.passed
    assert compared.measures == {"cosine": 0, "length": pytest.approx(0.1, rel=1e-4)}


def test_a_vector_of_another_size_fails_altogether() -> None:
    assert TASK.compare(embedding(1), embedding(1, 0), {}, ()).measures == {"cosine": 2.0, "length": 1.0}


def test_several_texts_get_one_list_of_vectors_as_max_has_it() -> None:
    bodies = [TASK.encode(embedding(1, 0)), TASK.encode(embedding(0, 1))]
    joined = TASK.join(bodies)["predictions"]
    assert [vector.tolist() for vector in joined] == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "predictions", [[], [[]], [[1.0], [2.0]], [["a"]], [[[1.0]]], [3], [[float("nan")]], [[1e300]], "ab", [None]]
)
def test_what_is_no_vector_is_refused(predictions: object) -> None:
    with pytest.raises(ModelyardError, match="no answer of text-embedding"):
        TASK.decode({"predictions": predictions})


def test_its_picture_has_a_square_a_number_red_above_zero_and_blue_below() -> None:
    picture = TASK.draw(Text("a text"), embedding(1, -1, 0), ())
    row = picture.height - 1
    assert [picture.getpixel((x, row)) for x in (17, 24, 31)] == [(255, 0, 0), (0, 0, 255), (255, 255, 255)]


def test_it_is_described_by_its_size_its_length_and_its_first_numbers() -> None:
    assert TASK.describe(embedding(3, 4), ()) == "2 numbers of length 5.000: 3.000, 4.000"
    assert TASK.describe(embedding(1, 0, 0, 0, 0), ()).endswith("0.000, …")
