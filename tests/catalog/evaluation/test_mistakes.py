"""The items that were answered worst, for people to look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from modelyard import tasks
from modelyard.catalog.evaluation import measures, mistakes
from modelyard.catalog.evaluation.evaluate import Held, evaluate
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.records.evaluated import Evaluated, Observed
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset

SAID = {b"sure and wrong": 0.99, b"unsure and wrong": 0.6, b"unsure and right": 0.6, b"sure and right": 0.9}


def items() -> list[Item]:
    truths = ("negative", "negative", "positive", "positive", "positive")
    texts = (*SAID, b"refused/../odd name")
    return [Item(text.decode(), text, truth) for text, truth in zip(texts, truths, strict=True)]


def answer(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
    if data not in SAID:
        return 400, b'{"status": "error", "message": "no text"}'
    said = {"positive": SAID[data], "negative": 1 - SAID[data]}
    return 200, json.dumps({"status": "ok", "predictions": [said]}).encode()


def test_what_is_refused_comes_first_then_what_is_wrong_and_sure(asset: Asset) -> None:
    found = evaluate(asset, Held("d" * 64, items()), answer, 2)
    worst = mistakes.worst(found, measures.of("text-classification"), 4)
    assert [one.name for one in worst] == [
        "refused/../odd name", "sure and wrong", "unsure and wrong", "unsure and right",
    ]  # fmt: skip
    assert 'sure and wrong: truth "negative", said "positive", probability 0.99' in mistakes.to_text(worst)


def test_a_folder_of_them_has_the_inputs_the_drawn_answers_and_a_list(asset: Asset, tmp_path: Path) -> None:
    found = evaluate(asset, Held("d" * 64, items()), answer, 2)
    worst = mistakes.worst(found, measures.of("text-classification"), 2)
    folder = tmp_path / "worst"
    drawn = mistakes.write(folder, worst, items(), tasks.load("text-classification"), ("positive", "negative"), answer)
    assert drawn == 1
    assert sorted(file.name for file in folder.iterdir()) == [
        "001-refused-..-odd-name.txt", "002-sure-and-wrong.answer.png", "002-sure-and-wrong.txt", "mistakes.md",
    ]  # fmt: skip
    text = (folder / "mistakes.md").read_text("utf-8")
    assert "2. [sure and wrong](002-sure-and-wrong.txt)\n   - right: negative\n   - answered: positive 99.0%" in text
    assert "refused with 400 (no text)" in text


@pytest.mark.parametrize("task", ["quality-assessment", "text-embedding"])
def test_where_one_item_is_neither_right_nor_wrong_none_is_the_worst(task: str) -> None:
    found = Evaluated(
        n=1, metrics={}, name="x", version="1.0.0", task=task, data="d", origin="Made here", slices={}, latency=0.1,
        items=[Observed(name="one", row={"truth": 1.0, "said": 2.0})],
    )  # fmt: skip
    with pytest.raises(ModelyardError, match="neither right nor wrong"):
        mistakes.worst(found, measures.of(task), 1)


def test_without_a_rule_of_its_own_a_task_s_headline_says_how_wrong_an_item_is() -> None:
    fault = measures.of("optical-character-recognition").fault
    row = {"characters": 10, "words": 2, "words_wrong": 1, "lines": 1, "lines_exact": 0}
    assert fault({**row, "characters_wrong": 4}) > fault({**row, "characters_wrong": 1})
