"""An answer as the Python that makes it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from modelyard.catalog.authoring.literal import WIDTH, NoLiteral, of


@dataclass(frozen=True)
class Note:
    start: float
    name: str


@dataclass(frozen=True)
class Song:
    notes: tuple[Note, ...]
    levels: Any = None


def again(value: object) -> Any:
    return eval(of(value).part.flat(), {"np": np, "Note": Note, "Song": Song})


@pytest.mark.parametrize(
    "value",
    [1, 1.5, -0.0, True, None, "a", "it's", 'a "b"', "\n\\", b"\0", [], (), (1,), {"a": [1, (2,)]}, 1e-300, "🎉"],
)
def test_what_json_and_python_have_is_made_again(value: object) -> None:
    assert again(value) == value


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64, np.bool_])
def test_arrays_are_made_again_with_their_type(dtype: type) -> None:
    made = again(np.array([[0, 1], [1, 0]], dtype))
    assert made.dtype == dtype
    assert made.tolist() == [[0, 1], [1, 0]]


def test_dataclasses_are_made_again_and_named() -> None:
    song = Song((Note(0.5, "A"),), np.float32(0.25))
    assert again(song) == song
    assert of(song).classes == {Song, Note}


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), object(), np.array([b"x"]), [float("inf")]])
def test_what_cannot_be_written_down_is_refused(value: object) -> None:
    with pytest.raises(NoLiteral):
        of(value)


@pytest.mark.parametrize("count", [1, 5, 40])
def test_however_long_no_line_is_too_long(count: int) -> None:
    song = Song(tuple(Note(n / 7, "a name of some length") for n in range(count)), [list(range(60))] * 3)
    text = "return " + of(song).part.laid_out(0, 7)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert ast.unparse(ast.parse(text)) == f"return {ast.unparse(ast.parse(of(song).part.flat()))}"
