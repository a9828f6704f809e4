"""Kinds of files: the same answers as those to pictures, drawn beside the file's first bytes."""

from __future__ import annotations

import pytest

from modelyard import Classification, File, ModelyardError, tasks
from modelyard.tasks.file_classification import dumped

TASK = tasks.load("file-classification")
ANSWER = Classification((1, 0), ("pdf", "ai"), (0.9, 0.1))


def test_answers_have_the_form_that_clients_know_from_pictures() -> None:
    assert TASK.encode(ANSWER) == {
        "predictions": [
            {"label_id": "1", "label": "pdf", "probability": 0.9},
            {"label_id": "0", "label": "ai", "probability": 0.1},
        ]
    }


def test_another_kind_fails_though_the_probabilities_are_near() -> None:
    other = Classification((0, 1), ("ai", "pdf"), (0.9, 0.1))
    assert not TASK.compare(ANSWER, other, {"probability": 1}, ()).passed


def test_the_documentation_speaks_of_files() -> None:
    assert "the file may belong to" in TASK.schema["predictions"]["description"]


def test_the_first_bytes_are_shown_as_numbers_and_letters() -> None:
    assert dumped(b"%PDF\x00\xff") == ["25 50 44 46 00 ff  %PDF.."]
    assert len(dumped(bytes(10_000))) == 4


@pytest.mark.parametrize("data", [b"\x00", b"a" * 100_000])
def test_any_file_can_be_drawn(data: bytes) -> None:
    picture = TASK.draw(File(data), ANSWER, ())
    assert picture.height > 60


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(ModelyardError, match="no answer of file-classification"):
        TASK.decode({"predictions": [{"label": "pdf"}]})
