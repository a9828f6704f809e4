"""Misspelt words, after DeepWordBug (Gao et al. 2018).

The Adversarial Robustness Toolbox has no attack on texts, so that this one is written out: each word is left out once,
to see how much of the probability goes with it; then, from the most to the least, two letters of a word are swapped, or
one is doubled or left out, whichever takes the most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from modelyard.catalog.evaluation.oracle import Attempt, Oracle, Spent
from modelyard.tasks.text_classification import TextClassification

WORDS = 0.2
BOUND = "one letter in every fifth word at most, or in one word"
_LEAST = 3
"""Letters of a word that is misspelt: people read a longer one all the same."""


def scores(answer: TextClassification) -> Mapping[str, float]:
    """The probability of each class."""
    return answer.probabilities


def attack(data: bytes, truth: str, oracle: Oracle, chance: np.random.Generator) -> Attempt:
    """One text, misspelt until it is taken for something else.

    Args:
        data: The text, UTF-8.
        truth: Its class, as it is answered now.
        oracle: The model.
        chance: What the attack draws from.
    """
    parts = re.split(r"(\W+)", data.decode("utf-8"))
    words = [at for at, part in enumerate(parts) if len(part) >= _LEAST and part.isalpha()]
    most = max(1, int(WORDS * len(words)))
    changed = 0
    try:
        for at in _by_weight(parts, words, truth, oracle)[:most]:
            ways = [[*parts[:at], way, *parts[at + 1 :]] for way in _misspelt(parts[at], chance)]
            if not ways:
                continue
            parts = min(ways, key=lambda way: _certain(way, truth, oracle))
            changed += 1
            if not oracle.is_right(_text(parts), truth):
                return Attempt(_text(parts), changed / len(words))
    except Spent:
        pass
    return Attempt(None, 0.0)


def _by_weight(parts: Sequence[str], words: Sequence[int], truth: str, oracle: Oracle) -> list[int]:
    """The places of the words, those first without which the right class is least likely."""
    without = {at: _certain([*parts[:at], *parts[at + 1 :]], truth, oracle) for at in words if len(words) > 1}
    return sorted(words, key=lambda at: without.get(at, 0.0))


def _certain(parts: Sequence[str], truth: str, oracle: Oracle) -> float:
    """How probable the right class is said to be; where there is no answer, surely."""
    return oracle.scores(_text(parts)).get(truth, 1.0)


def _misspelt(word: str, chance: np.random.Generator) -> Iterator[str]:
    at = int(chance.integers(len(word) - 1))
    if word[at] != word[at + 1]:
        yield f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}"
    yield f"{word[:at]}{word[at]}{word[at:]}"
    yield word[:at] + word[at + 1 :]


def _text(parts: Sequence[str]) -> bytes:
    return "".join(parts).encode()
