"""thai-word-segmenter: what the network sees of each character, and how long texts are asked about."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from modelyard import BadInput, Tensors, Text

FILE = Path(__file__).parents[2] / "assets" / "thai-word-segmenter" / "pipeline.py"


@pytest.fixture
def module() -> Any:
    spec = importlib.util.spec_from_file_location("thai_word_segmenter", FILE)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def segmenter(module: Any) -> Any:
    """The pipeline with a network that cuts before every ก, and notes how much it is asked at a time."""
    runtime: Any = SimpleNamespace(load=lambda _: None)
    pipeline = module.ThaiWordSegmenter(runtime)
    pipeline.load(Path())
    pipeline.asked = []

    def network(tensors: Tensors) -> Tensors:
        pipeline.asked.append(len(tensors["characters"]))
        return {"probability": (tensors["characters"][:, -1:] == pipeline.ids["ก"]).astype(np.float32)}

    pipeline.model = network
    return pipeline


def test_each_character_is_seen_with_those_after_it_and_those_before_it_the_nearest_first(module: Any) -> None:
    seen = module.around([1, 2, 3], 0)
    assert seen.shape == (3, 21)
    assert seen[1].tolist() == [3, *[0] * 9, 1, *[0] * 9, 2]
    assert seen[2].tolist() == [0] * 10 + [2, 1, *[0] * 8] + [3]


def test_the_tables_have_as_many_characters_and_types_as_the_network(module: Any) -> None:
    assert len(module.CHARACTERS) == len(set(module.CHARACTERS)) == 178
    assert len(module.TYPES) == 12
    members = "".join(module.MEMBERS.values())
    assert len(members) == len(set(members))
    assert set(members) <= set(module.CHARACTERS)


@pytest.mark.parametrize("unknown", ["😀", "ש", "é", "\0"])
def test_what_the_network_does_not_know_is_one_character_of_the_type_other(segmenter: Any, unknown: str) -> None:
    tensors = segmenter.preprocess(Text(unknown))
    assert (tensors["characters"][0, -1], tensors["types"][0, -1]) == (80, 4)


def test_words_end_where_the_network_says_that_one_begins(segmenter: Any) -> None:
    assert [one.text for one in segmenter.predict(Text("กขกคก ค")).tokens] == ["กข", "กค", "ก ค"]


def test_a_long_text_is_asked_about_piece_by_piece(segmenter: Any) -> None:
    found = segmenter.predict(Text("กข" * 400))
    assert segmenter.asked == [256, 256, 256, 32]
    assert len(found.tokens) == 400
    assert "".join(one.text for one in found.tokens) == "กข" * 400


def test_a_text_that_would_take_too_long_is_refused(segmenter: Any) -> None:
    with pytest.raises(BadInput, match="at most 20,000 characters") as refused:
        segmenter.predict(Text("ก" * 20_001))
    assert refused.value.code == 413
    assert segmenter.asked == []
