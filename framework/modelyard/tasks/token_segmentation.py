"""Token segmentation: where the words of a text begin and end, in languages that put no spaces between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import PIL.Image

from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import Measure, Task
from modelyard.text import Text

_IN_A_LINE = 12
"""Tokens in a line of the picture."""


@dataclass(frozen=True)
class Token:
    """A piece of a text.

    Attributes:
        token: The piece as it stands in the text.
        start: Characters (Unicode code points) before it.
        end: Characters up to its end.
    """

    token: str
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
            if not one.token or one.end - one.start != len(one.token):
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
    return {"predictions": [[{"token": one.token, "start": one.start, "end": one.end} for one in answer.tokens]]}


def _join(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One list, an entry a text, as other tasks on texts have it."""
    return {"predictions": [tokens for body in bodies for tokens in body["predictions"]]}


def _decode(body: Mapping[str, Any]) -> TokenSegmentation:
    try:
        (only,) = body["predictions"]
        return TokenSegmentation(tuple(Token(str(one["token"]), int(one["start"]), int(one["end"])) for one in only))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of token-segmentation: {error!r}") from None


def _difference(expected: TokenSegmentation, got: TokenSegmentation) -> dict[str, float]:
    same = "".join(one.token for one in expected.tokens) == "".join(one.token for one in got.tokens)
    return {
        "tokens": 1 - f1(expected.places, got.places),
        "boundaries": 1 - f1(expected.boundaries, got.boundaries),
        "text": 0.0 if same else 1.0,
    }


def _describe(answer: TokenSegmentation, labels: Sequence[str]) -> str:
    shown = " ".join("|".join(one.token for one in answer.tokens[:_IN_A_LINE]).split())
    more = "|…" if len(answer.tokens) > _IN_A_LINE else ""
    return f"{len(answer.tokens):,} tokens: {shown}{more}"


def _draw(text: Text, answer: TokenSegmentation, labels: Sequence[str]) -> PIL.Image.Image:
    """The places of the tokens on a line of the text; the letters themselves only where the font knows them."""
    tokens = [one.token for one in answer.tokens]
    lines = ["|".join(tokens[at : at + _IN_A_LINE]) for at in range(0, len(tokens), _IN_A_LINE)]
    return canvas.stacked([canvas.writing([f"{len(tokens):,} tokens"]), canvas.writing(lines)])


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
    join=_join,
)
