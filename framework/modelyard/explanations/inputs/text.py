"""Texts: occlusion, a word left out at a time; of long texts a stretch of words, then the words of what counts most.

Zeiler, Fergus: Visualizing and Understanding Convolutional Networks, 2014 (https://arxiv.org/abs/1311.2901) has it for
pictures; Li, Monroe, Jurafsky: Understanding Neural Networks through Representation Erasure, 2016
(https://arxiv.org/abs/1612.08220) for words. Where no word alone counts, because others say the same, random halves of
the text are left out, as RISE does with pictures (https://arxiv.org/abs/1806.07421).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from modelyard.explanations import page
from modelyard.explanations.explanation import Ask, Explanation, Wanted
from modelyard.explanations.page import Span
from modelyard.text import Text

_WORD = re.compile(r"\S+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that have no spaces between words, such as Thai and Japanese."""
_LONGEST_WORD = 24
_PIECE, _UNSPACED_PIECE = 8, 3
"""Characters that are left out at a time of what is too long for a word."""
_COUNTS = 0.05
"""What a word must count at least, so that some word alone is said to count."""
_PARTS = 48
"""Of which random halves are left out."""
_SHOWN, _LEAST, _LONGEST_SHOWN = 5, 0.005, 80
_FEWEST = 16
"""Halves from which anything can be told."""

SCHEMA: Mapping[str, Any] = {
    "saliency": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["text", "start", "end", "weight"],
            "properties": {
                "text": {"type": "string", "description": "The words."},
                "start": {"type": "integer", "description": "Where they begin, in characters of the text."},
                "end": {"type": "integer", "description": "Where they end."},
                "weight": {
                    "type": "number",
                    "description": "How far what is explained falls without them; below 0 it rises. -1 to 1.",
                },
            },
        },
        "description": "Every word, or stretch of words of a long text, in order.",
        "example": [{"text": "good", "start": 8, "end": 12, "weight": 0.41}],
    },
}


def explain(text: Text, ask: Ask[Text], wanted: Wanted) -> Explanation:
    """Leaves out word after word, and sees how far the answer goes with each."""
    words = words_of(text)
    # Half of the queries find what counts, the other half looks closer.
    room = max(2, wanted.queries // 2)
    spans = _joined(words, room)
    (whole, *scores) = ask([text, *(_without(text, [span]) for span in spans)]) or [0.0]
    found = [Span(*span, whole - score) for span, score in zip(spans, scores, strict=False)]
    method = "occlusion of words"
    if len(spans) > 2 and all(abs(one.weight) < _COUNTS for one in found):
        method = "RISE on words"
        found = _halves(text, _joined(words, _PARTS), ask, wanted.seed, wanted.queries - len(spans) - 1) or found
    elif len(spans) < len(words):
        found = _closer(text, words, found, whole, ask, wanted.queries - len(spans) - 1)
    saliency = [
        {"text": text[one.start : one.end], "start": one.start, "end": one.end, "weight": round(one.weight, 4)}
        for one in found
    ]
    best = sorted((one for one in found if abs(one.weight) >= _LEAST), key=lambda one: -abs(one.weight))[:_SHOWN]
    said = [f"“{' '.join(text[one.start : one.end].split())[:_LONGEST_SHOWN]}”: {one.weight:+.2f}" for one in best]
    return Explanation(method, said, {"saliency": saliency}, page.marked(text, found))


def words_of(text: str) -> list[tuple[int, int]]:
    """Beginning and end of each word; what is too long to be one is cut into pieces."""
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        step = end - start
        if _UNSPACED.search(match.group()):
            step = _UNSPACED_PIECE
        elif step > _LONGEST_WORD:
            step = _PIECE
        found += [(at, min(at + step, end)) for at in range(start, end, step)]
    return found


def _halves(text: Text, spans: Sequence[tuple[int, int]], ask: Ask[Text], seed: int, queries: int) -> list[Span]:
    """What each stretch counts where a random half of the others is gone: the difference of the mean answers."""
    chance = np.random.default_rng(seed)
    drawn = chance.random((max(2, queries // 2), len(spans))) < 0.5
    shown = np.stack([drawn, ~drawn], axis=1).reshape(-1, len(spans))
    scores = ask(_without(text, [one for one, there in zip(spans, row, strict=True) if not there]) for row in shown)
    if len(scores) < _FEWEST:
        return []
    seen, told = shown[: len(scores)].astype(np.float64), np.array(scores)
    with_it = told @ seen / np.maximum(1, seen.sum(0))
    without = told @ (1 - seen) / np.maximum(1, (1 - seen).sum(0))
    return [Span(*span, float(weight)) for span, weight in zip(spans, with_it - without, strict=True)]


def _joined(words: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Neighbours together, so that there are no more than so many."""
    each = -(-len(words) // most)
    return [(words[at][0], words[min(at + each, len(words)) - 1][1]) for at in range(0, len(words), each)]


def _without(text: Text, spans: Sequence[tuple[int, int]]) -> Text:
    """The text without some stretches, in order; where nothing else is there, a dash says that something was."""
    starts, ends = (0, *(end for _, end in spans)), (*(start for start, _ in spans), len(text))
    left = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return Text(left if left.strip() else "-")


def _closer(
    text: Text, words: Sequence[tuple[int, int]], found: Sequence[Span], whole: float, ask: Ask[Text], room: int
) -> list[Span]:
    """The stretches that count most, word by word, among the others."""
    inside = {one: [word for word in words if one.start <= word[0] < one.end] for one in found}
    chosen: list[Span] = []
    for one in sorted(found, key=lambda one: -abs(one.weight)):
        if len(inside[one]) > room:
            break
        room -= len(inside[one])
        chosen.append(one)
    parts = [word for one in chosen for word in inside[one]]
    scores = ask(_without(text, [word]) for word in parts)
    closer = [Span(*word, whole - score) for word, score in zip(parts, scores, strict=False)]
    # Where time ran out within a stretch, it stays whole.
    done = {one for one in chosen if {(c.start, c.end) for c in closer} >= set(inside[one])}
    kept = [one for one in found if one not in done]
    return sorted([*kept, *(c for c in closer if any(one.start <= c.start < one.end for one in done))], key=_start)


def _start(span: Span) -> int:
    return span.start
