"""Token segmentation: where the words of a text begin and end, in languages that put no spaces between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import PIL.Image
import PIL.ImageDraw

from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept, predictions
from modelyard.tasks.task import Measure, Task
from modelyard.text import Text

_SAID = 12
"""Tokens in the description."""
_CELLS, _LINES = 40, 12
"""Characters in a line of the picture, and lines in it."""
_LATIN = "\u0250"
"""The first letter beyond those that the picture's font knows."""


@dataclass(frozen=True)
class Token:
    """A piece of a text.

    Attributes:
        text: The piece as it stands in the text.
        start: Characters (Unicode code points) before it.
        end: Characters up to its end.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class TokenSegmentation:
    """The tokens of a text, in its order; what lies between them belongs to none.

    Attributes:
        tokens: The tokens.

    Raises:
        ValueError: One is empty, is not as long as its place, or begins before the one before it ends.
    """

    tokens: tuple[Token, ...]

    def __post_init__(self) -> None:
        before = 0
        for one in self.tokens:
            if not one.text or one.end - one.start != len(one.text):
                raise ValueError("a token is a text as long as its place")
            if one.start < before:
                raise ValueError("a token begins before the one before it ends")
            before = one.end

    @classmethod
    def cut(cls, text: str, ends: Sequence[int]) -> Self:
        """All of a text, cut into tokens.

        Args:
            text: The text.
            ends: Where tokens end, in ascending order; the text's own end may be left out.
        """
        cuts = [0, *(end for end in ends if 0 < end < len(text)), len(text)]
        return cls(tuple(Token(text[start:end], start, end) for start, end in pairwise(cuts) if end > start))

    @property
    def places(self) -> set[tuple[int, int]]:
        """Start and end of each token."""
        return {(one.start, one.end) for one in self.tokens}

    @property
    def boundaries(self) -> set[int]:
        """Every place where a token begins or ends."""
        return {place for one in self.tokens for place in (one.start, one.end)}


def f1(true: set[Any], found: set[Any]) -> float:
    """Harmonic mean of precision and recall of what was found; 1 where there was nothing and nothing was found."""
    return 2 * len(true & found) / (len(true) + len(found)) if true or found else 1.0


def _encode(answer: TokenSegmentation) -> dict[str, Any]:
    return {"predictions": [[{"token": one.text, "start": one.start, "end": one.end} for one in answer.tokens]]}


def _decode(body: Mapping[str, Any]) -> TokenSegmentation:
    try:
        (only,) = body["predictions"]
        return TokenSegmentation(tuple(Token(str(one["token"]), int(one["start"]), int(one["end"])) for one in only))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of token-segmentation: {error!r}") from None


def _difference(expected: TokenSegmentation, got: TokenSegmentation) -> dict[str, float]:
    same = "".join(one.text for one in expected.tokens) == "".join(one.text for one in got.tokens)
    return {
        "tokens": 1 - f1(expected.places, got.places),
        "boundaries": 1 - f1(expected.boundaries, got.boundaries),
        "text": 0.0 if same else 1.0,
    }


def _describe(answer: TokenSegmentation, labels: Sequence[str]) -> str:
    shown = " ".join("|".join(one.text for one in answer.tokens[:_SAID]).split())
    more = "|…" if len(answer.tokens) > _SAID else ""
    return f"{len(answer.tokens):,} tokens: {shown}{more}"


def _draw(text: Text, answer: TokenSegmentation, labels: Sequence[str]) -> PIL.Image.Image:
    """A cell a character, the tokens in turn paler and stronger; the font has no letters but Latin ones to show."""
    end = min(answer.tokens[-1].end if answer.tokens else 1, _LINES * _CELLS)
    side = canvas.WIDTH // _CELLS
    page = PIL.Image.new("RGB", (canvas.WIDTH, canvas.ROW * -(-end // _CELLS)), "white")
    pen, letters = PIL.ImageDraw.Draw(page), canvas.font(side)
    for number, one in enumerate(answer.tokens):
        for place in range(one.start, min(one.end, end)):
            left, top = place % _CELLS * side, place // _CELLS * canvas.ROW
            letter = one.text[place - one.start]
            colour = "white" if letter.isspace() else (canvas.PALE, canvas.STRONG)[number % 2]
            pen.rectangle((left, top, left + side - 1, top + canvas.ROW - canvas.GAP), fill=colour)
            if letter < _LATIN:
                middle = (left + side / 2, top + (canvas.ROW - canvas.GAP) / 2)
                pen.text(middle, letter, fill=canvas.INK, font=letters, anchor="mm")
    return canvas.stacked([canvas.writing([f"{len(answer.tokens):,} tokens"]), page])


TASK = Task(
    name="token-segmentation",
    title="Token Segmentation",
    input=Text,
    output=TokenSegmentation,
    schema={
        "predictions": {
            "type": "array",
            "description": "For each text its tokens, in its order.",
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["token", "start", "end"],
                    "properties": {
                        "token": {"type": "string", "description": "The token as it stands in the text."},
                        "start": {"type": "integer", "description": "Characters (code points) before it."},
                        "end": {"type": "integer", "description": "Characters up to its end."},
                    },
                },
            },
            "example": [
                [
                    {"token": "ตัด", "start": 0, "end": 3},
                    {"token": "คำ", "start": 3, "end": 5},
                ]
            ],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "tokens": Measure("1 less the F-measure of the tokens whose start and end are both right", 0.02),
        "boundaries": Measure("1 less the F-measure of the places where tokens begin or end", 0.01),
        "text": Measure("1 where the tokens are of another text", 0),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_encode),
    read=kept.reader(_decode),
    join=predictions.join,
    split=predictions.split,
)
