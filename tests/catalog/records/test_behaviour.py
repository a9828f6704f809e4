"""Which answers moved, and how that is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelyard import tasks
from modelyard.catalog.checking.comparison import compare_sample
from modelyard.catalog.records.behaviour import Answer, Behaviour, nothing
from modelyard.manifest.asset import Sample
from modelyard.serving.samples import Send

TASK = tasks.load("image-classification")
LABELS = ("cat", "dog", "cow")


def road(code: int, body: Any) -> Send:
    def send(_data: bytes, _parameters: Mapping[str, str]) -> tuple[int, bytes]:
        return code, body if isinstance(body, bytes) else json.dumps(body).encode()

    return send


def answer(*probabilities: float, first: int = 0) -> dict[str, Any]:
    named = [(str((first + n) % 3), LABELS[(first + n) % 3], value) for n, value in enumerate(probabilities)]
    return {
        "status": "ok",
        "predictions": [{"label_id": one, "label": name, "probability": value} for one, name, value in named],
    }


def compared(folder: Path, before: Send, after: Send) -> Answer:
    (folder / "cat.png").write_bytes(b"a picture")
    sample = Sample(input="cat.png", expected="cat.json", license="CC0-1.0", origin="Drawn")
    return compare_sample(folder, sample, TASK, LABELS, before, after)


def test_an_equal_answer_did_not_move(tmp_path: Path) -> None:
    found = compared(tmp_path, road(200, answer(0.9, 0.1)), road(200, answer(0.9, 0.1)))
    assert found.same
    assert found.measures == {"probability": 0.0, "top1": 0.0}


def test_an_answer_that_moved_is_told_in_the_task_s_own_measures(tmp_path: Path) -> None:
    found = compared(tmp_path, road(200, answer(0.9, 0.1)), road(200, answer(0.75, 0.25, first=1)))
    assert not found.same
    assert found.measures["top1"] == 1.0
    assert (found.before, found.after) == ("cat 90.0%, dog 10.0%", "dog 75.0%, cow 25.0%")


def test_a_difference_in_the_last_digit_is_one(tmp_path: Path) -> None:
    found = compared(tmp_path, road(200, answer(0.9, 0.1)), road(200, answer(0.9000000000000001, 0.1)))
    assert not found.same


def test_a_refusal_instead_of_an_answer_moved(tmp_path: Path) -> None:
    refusal = road(400, {"status": "error", "message": "no picture"})
    found = compared(tmp_path, road(200, answer(0.9)), refusal)
    assert not found.same
    assert found.measures == {}
    assert found.after == "refused with 400 (no picture)"


def test_two_refusals_are_the_same_where_their_codes_are(tmp_path: Path) -> None:
    first, second = (road(code, {"status": "error", "message": said}) for code, said in ((400, "a"), (400, "b")))
    assert compared(tmp_path, first, second).same
    assert not compared(tmp_path, first, road(413, {"status": "error", "message": "a"})).same


def test_an_answer_of_no_known_form_moves_and_breaks_nothing(tmp_path: Path) -> None:
    for wrong in (b"no JSON", b"[" * 100_000, b"[]", b'{"predictions": 3}'):
        found = compared(tmp_path, road(200, wrong), road(200, answer(0.9)))
        assert not found.same
        assert found.measures == {}


def told() -> Behaviour:
    moved = Answer(sample="cat.png", same=False, measures={"top1": 1.0}, before="cat | 90%", after="dog <b> 80%")
    same = Answer(sample="dog.png", same=True, measures={"top1": 0.0}, before="dog 99%", after="dog 99%")
    said = "1 of 2 answers moved against the published 1.0.0"
    return Behaviour(against="r/x@sha256:0", version="1.0.0", said=said, answers=[moved, same])


def test_a_terminal_is_told_what_moved_and_nothing_else() -> None:
    assert told().to_text("x 1.0.1").splitlines() == [
        "x 1.0.1: 1 of 2 answers moved against the published 1.0.0",
        "    cat.png: top1 1",
        "      before: cat | 90%",
        "      now:    dog <b> 80%",
    ]


def test_a_pull_request_gets_a_table_and_a_fold() -> None:
    text = told().to_markdown()
    assert "| cat.png | top1 1 | cat \\| 90% | dog &lt;b> 80% |" in text
    assert "<details><summary>1 of 2 did not move</summary>" in text
    assert text.index("cat.png") < text.index("<details>") < text.index("dog.png")


def test_a_first_release_has_nothing_to_compare_with() -> None:
    alone = nothing("first of its line: nothing to compare with")
    assert alone.to_text() == "  moved: first of its line: nothing to compare with"
    assert alone.to_markdown() == "### What moved\n\nfirst of its line: nothing to compare with\n"
