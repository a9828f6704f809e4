"""Data that people bring is read as labelled examples, or refused in one line that says where."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from modelyard.catalog.training.example import Example, labels, read
from modelyard.errors import ModelyardError


def pairs(place: Path) -> list[tuple[bytes, str]]:
    return [(one.data, one.label) for one in read(place)]


def test_a_folder_with_one_folder_for_each_class(tmp_path: Path) -> None:
    for name in ("shoe/2.jpg", "shoe/1.jpg", "hat/a/b.png", "hat/.DS_Store", ".git/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    assert pairs(tmp_path) == [(b"hat/a/b.png", "hat"), (b"shoe/1.jpg", "shoe"), (b"shoe/2.jpg", "shoe")]


def test_a_table_with_the_columns_text_and_label(tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text('\ufefflabel,text,note\ngood,"Well, fine.\nReally",x\nbad,Grüße,\n', "utf-8")

    assert pairs(table) == [(b"Well, fine.\nReally", "good"), ("Grüße".encode(), "bad")]


def test_lines_of_json_with_texts_and_such_as_feedback_is_kept_in(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    sent = base64.b64encode(b"\x89PNG").decode()
    given: list[dict[str, Any]] = [
        {"text": "fine", "label": "good"},
        {"timestamp": "…", "input": sent, "expected": "good", "note": "at night"},
        {"input": sent, "expected": {"predictions": [{"label_id": "1", "label": "bad", "probability": 1}]}},
        {"input": sent, "expected": {"predictions": [{"good": 0.2, "bad": 0.8}]}},
    ]
    lines.write_text("\n".join(json.dumps(one) for one in given) + "\n\n")

    assert pairs(lines) == [(b"fine", "good"), (b"\x89PNG", "good"), (b"\x89PNG", "bad"), (b"\x89PNG", "bad")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", "{", "a.jsonl line 1: it is no JSON object"),
        ("a.jsonl", "\n[1]", "a.jsonl line 2: it is no JSON object"),
        ("a.jsonl", '{"text": "x"}', "a.jsonl line 1: it has no 'expected' and no 'label'"),
        ("a.jsonl", '{"request_id": "4bf9", "expected": "x"}', "a.jsonl line 1: it has no 'input'"),
        ("a.jsonl", '{"input": "§", "label": "x"}', "a.jsonl line 1: 'input' is no base64"),
        ("a.csv", "text,class\nx,y\n", "a.csv line 2: it must have the columns `text` and `label`"),
        ("a.csv", "text,label\n", "a.csv: there are no examples in it"),
        ("a.txt", "x", "a.txt: give a folder with one folder for each class, a .csv or a .jsonl"),
    ],
)
def test_what_can_t_be_read_is_told_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(ModelyardError) as caught:
        pairs(tmp_path / name)

    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_file_that_is_no_text_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"text,label\n\xff\xfe,x\n")

    with pytest.raises(ModelyardError, match=f"{name}: it is no UTF-8 text"):
        pairs(tmp_path / name)


@pytest.mark.parametrize("truth", [1, "", " ", "two\nlines", None, [], {"predictions": []}, {"predictions": [3]}])
def test_what_names_no_class_is_told_where_it_stands(truth: Any) -> None:
    with pytest.raises(ModelyardError, match="file line 3: it names no class"):
        _ = Example(b"", truth, "file line 3").label


def test_known_labels_keep_their_order_and_new_ones_come_after(tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text("text,label\na,zebra\nb,dog\nc,cat\nd,ape\n")

    assert labels(table, known=("cow", "dog", "cat")) == ("dog", "cat", "ape", "zebra")


def test_one_class_alone_is_nothing_to_tell_apart(tmp_path: Path) -> None:
    table = tmp_path / "texts.csv"
    table.write_text("text,label\na,dog\nb,dog\n")

    with pytest.raises(ModelyardError, match=r"texts\.csv: all examples are of one class"):
        labels(table)
