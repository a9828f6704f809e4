"""What every task gives: an answer that is sent, read, compared, described, kept and drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from modelyard import ModelyardError, tasks
from modelyard.serving.encode import to_json
from modelyard.serving.routes.page import FOLDER

NAMES = tasks.names()


def example(name: str) -> dict[str, Any]:
    """The answer that the documentation shows."""
    return {field: said["example"] for field, said in tasks.load(name).schema.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_documented_answer_is_one(name: str) -> None:
    task = tasks.load(name)
    answer = task.decode(example(name))
    sent = json.loads(to_json(task.encode(answer)))
    assert not any(task.difference(answer, task.decode(sent)).values())
    # The same picture may be compressed to other bytes by another zlib.
    same = [field for field in sent if not (task.file and field == task.file.field)]
    assert {field: sent[field] for field in same} == {field: example(name)[field] for field in same}


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_equal_to_itself(name: str) -> None:
    task = tasks.load(name)
    answer = task.decode(example(name))
    compared = task.compare(answer, answer, {}, ())
    assert compared.passed, compared.summary
    assert compared.measures.keys() == task.measures.keys()
    assert not any(compared.measures.values())


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_kept_and_read_again(name: str, tmp_path: Path) -> None:
    task = tasks.load(name)
    file = tmp_path / f"kept{task.suffix}"
    answer = task.decode(example(name))
    task.write(answer, file)
    assert task.compare(answer, task.read(file), {}, ()).passed


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_described_in_a_line(name: str) -> None:
    task = tasks.load(name)
    said = task.describe(task.decode(example(name)), ())
    assert said
    assert "\n" not in said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b"{", b'{"predictions": 3}', b"[" * 100_000])
def test_what_is_no_answer_is_refused_in_words(name: str, body: bytes) -> None:
    with pytest.raises(ModelyardError, match=r"no answer of|image_size"):
        tasks.load(name).parse(body)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_kept_answer_is_refused_with_its_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "kept"
    for content in (b"", b"\xff\xfe", b"[]", b'{"other": 1}'):
        file.write_bytes(content)
        with pytest.raises(ModelyardError, match="kept"):
            tasks.load(name).read(file)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_draws_it(name: str) -> None:
    assert (FOLDER / "drawing" / f"{name}.js").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_to_several_inputs_are_one_body_and_each_is_found_in_it(name: str) -> None:
    task = tasks.load(name)
    answer = task.decode(example(name))
    body = to_json({"status": "ok", **task.join([task.encode(answer)] * 3)})
    for found in task.parse_several(body, 3):
        assert not any(task.difference(answer, task.decode(found)).values())
    with pytest.raises(ModelyardError, match="4 inputs in one request got 3 answers"):
        task.parse_several(body, 4)
