"""Texts: how long, of which letters, how spaced, and how usual the pairs of letters are.

The first 2,000 characters are looked at. Pairs of letters are held to those of the profile's own texts, so that it
needs no knowledge of any language: a typing error makes one or two pairs that are seldom seen.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from modelyard.text import Text

STATISTICS: Mapping[str, str] = {
    "characters": "logarithm to the base 2 of the number of characters",
    "letters": "share of letters among the characters",
    "capitals": "share of capitals among the letters that have two cases",
    "wide_spaces": "share of white space that is more than one character wide, or at an end",
    "mixed_words": "share of words with letters of the Latin alphabet and of another one",
    "surprise": "mean bits that a letter takes, given the one before it",
    "rare_pairs": "share of the pairs of letters that the profile's texts seldom have",
    "doubled": "share of letters that are the same as the one before",
}

_READ = 2_000
_KEPT = 600
"""Pairs of letters that a profile keeps."""
_FLOOR = 12.0
"""Bits of a pair that isn't kept."""
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W\d_]+")


def measure(sent: Text, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a text."""
    text = sent[:_READ]
    letters = sum(map(str.isalpha, text))
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    found = {"characters": math.log2(len(sent)), "letters": letters / len(text)}
    if upper + lower:
        found["capitals"] = upper / (upper + lower)
    gaps = _SPACES.findall(text)
    ends = text[0].isspace() + (text[-1].isspace() if len(sent) <= _READ else 0)
    found["wide_spaces"] = (sum(len(gap) > 1 for gap in gaps) + ends) / (len(gaps) + 1)
    words = _WORDS.findall(text)
    if words:
        found["mixed_words"] = sum(map(_is_mixed, words)) / len(words)
    pairs = _pairs(words)
    if pairs:
        found["doubled"] = sum(one[0] == one[1] for one in pairs) / len(pairs)
        if learned:
            bits = [learned.get(pair, _FLOOR) for pair in pairs]
            found["surprise"] = sum(bits) / len(bits)
            found["rare_pairs"] = bits.count(_FLOOR) / len(bits)
    return found


def learn(inputs: Sequence[Text]) -> Mapping[str, float]:
    """The bits of each of the most frequent pairs of letters, the second given the first."""
    counts = Counter[str]()
    for text in inputs:
        counts.update(_pairs(_WORDS.findall(text[:_READ])))
    firsts = Counter[str]()
    for pair, count in counts.items():
        firsts[pair[0]] += count
    kept = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:_KEPT]
    return {pair: min(_FLOOR - 1, round(math.log2(firsts[pair[0]] / count), 1)) for pair, count in kept if count > 1}


def _pairs(words: Sequence[str]) -> list[str]:
    """Neighbouring letters of words, small; where a word begins is no letter's neighbour."""
    return [first + second for word in words for first, second in pairwise(word.lower())]


def _is_mixed(word: str) -> bool:
    """Whether it has letters of the Latin alphabet, which ends before U+0250, and of another."""
    if word.isascii():
        return False
    latin = sum(letter < "\u0250" for letter in word)
    return 0 < latin < len(word)
