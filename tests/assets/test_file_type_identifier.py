"""file-type-identifier: which bytes the network sees, and when its answer is not taken."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from modelyard import File

FILE = Path(__file__).parents[2] / "assets" / "file-type-identifier" / "pipeline.py"
KINDS = ["markdown", "pdf", "randombytes", "randomtxt", "txt"]
RULES = {
    "beg_size": 4, "end_size": 4, "block_size": 16, "padding_token": 256, "min_file_size_for_dl": 2,
    "medium_confidence_threshold": 0.5, "thresholds": {"markdown": 0.75}, "target_labels_space": KINDS,
    "overwrite_map": {"randombytes": "unknown", "randomtxt": "txt"},
}  # fmt: skip
TEXTS = {"markdown", "txt"}


@pytest.fixture
def identifier(tmp_path: Path) -> Any:
    """The pipeline with a network whose answer a test sets as `said`."""
    spec = importlib.util.spec_from_file_location("file_type_identifier", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "rules.json").write_text(json.dumps(RULES))
    (tmp_path / "kinds.json").write_text(json.dumps({name: {"is_text": name in TEXTS} for name in [*KINDS, "unknown"]}))
    runtime: Any = SimpleNamespace(load=lambda _: None)
    pipeline = module.FileTypeIdentifier(runtime, (*KINDS, "unknown"))
    pipeline.load(tmp_path)
    pipeline.said = {}
    pipeline.model = lambda _: {"target_label": np.array([[pipeline.said.get(kind, 0) for kind in KINDS]], np.float32)}
    return pipeline


def answer(identifier: Any, said: dict[str, float], **parameters: Any) -> list[tuple[str, float]]:
    identifier.said = said
    found = identifier.predict(File(b"any bytes"), **parameters)
    return [(label, round(value, 3)) for label, value in zip(found.labels, found.probabilities, strict=True) if value]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"abcdefgh", [*b"abcd", *b"efgh"]),
        (b"ab", [*b"ab", 256, 256, 256, 256, *b"ab"]),
        (b"  \n ab \t ", [*b"ab \t", *b"\n ab"]),
        (b" " * 16 + b"abc", [256, 256, 256, 256, *b" abc"]),
        (b"abc" + b" " * 16, [*b"abc ", 256, 256, 256, 256]),
    ],
    ids=["long", "short", "white space at the ends", "white space in the first block", "white space in the last"],
)
def test_the_network_sees_both_ends_of_a_file_without_white_space(
    identifier: Any, data: bytes, seen: list[int]
) -> None:
    assert identifier.features(data).tolist() == seen


def test_a_kind_that_is_sure_enough_is_answered(identifier: Any) -> None:
    assert answer(identifier, {"pdf": 0.6, "txt": 0.4}) == [("pdf", 0.6), ("txt", 0.4)]


def test_a_kind_that_is_not_sure_enough_becomes_text_or_unknown_with_its_score(identifier: Any) -> None:
    assert answer(identifier, {"pdf": 0.45, "markdown": 0.4}) == [("unknown", 0.45), ("markdown", 0.4)]
    assert answer(identifier, {"markdown": 0.45, "pdf": 0.4}) == [("txt", 0.45), ("pdf", 0.4)]


def test_some_kinds_must_be_surer_than_others(identifier: Any) -> None:
    said = {"markdown": 0.7, "pdf": 0.3}
    assert answer(identifier, said)[0] == ("txt", 0.7)
    assert answer(identifier, said, mode="medium-confidence")[0] == ("markdown", 0.7)
    assert answer(identifier, {"pdf": 0.2}, mode="medium-confidence")[0] == ("unknown", 0.2)
    assert answer(identifier, {"pdf": 0.2}, mode="best-guess")[0] == ("pdf", 0.2)


def test_noise_has_no_kind(identifier: Any) -> None:
    assert answer(identifier, {"randombytes": 0.9, "pdf": 0.1}) == [("unknown", 0.9), ("pdf", 0.1)]
    assert answer(identifier, {"randomtxt": 0.9}, mode="best-guess")[0] == ("txt", 0.9)


def test_text_that_replaces_another_kind_stands_there_once(identifier: Any) -> None:
    assert answer(identifier, {"randomtxt": 0.6, "txt": 0.3, "pdf": 0.1}) == [("txt", 0.6), ("pdf", 0.1)]


def test_a_score_a_hair_above_one_is_one(identifier: Any) -> None:
    assert answer(identifier, {"pdf": 1.000001}) == [("pdf", 1.0)]


@pytest.mark.parametrize(
    ("data", "kind"), [(b"a", "txt"), (b"\xff", "unknown"), (b"\n" * 9, "txt"), (b" " * 99 + b"\xff", "txt")]
)
def test_too_few_bytes_are_told_by_whether_they_are_text(identifier: Any, data: bytes, kind: str) -> None:
    identifier.said = {"pdf": 1.0}
    found = identifier.predict(File(data))
    assert (found.labels, found.probabilities) == ((kind,), (1.0,))
