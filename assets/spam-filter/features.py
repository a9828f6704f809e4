"""What the network sees of a message: its words and pairs of words, hashed, and how it is written."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise

import numpy as np
from message import readable
from numpy.typing import NDArray

WORDS = 8_192
"""Places that words and pairs are hashed to (the hashing trick, https://arxiv.org/abs/0902.2206)."""
STYLE = 8
"""Numbers that say how it is written."""
SIZE = WORDS + STYLE
MOST = 5_000
"""Words of a message that are looked at."""

_LINK = re.compile(r"(?:https?://|www\.)([\w.-]{1,253})(?:[/:?#][^\s<>\"']*)?", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*|[$€£]?\d[\d.,]*%?|[$€£]+|!+|\?+")
_DIGITS = re.compile(r"\d")


def seen(text: str) -> NDArray[np.float32]:
    """A message as the network sees it; see `numbers`.

    Args:
        text: A text, HTML, or an e-mail with its headers.
    """
    return numbers(readable(text))


def numbers(said: str) -> NDArray[np.float32]:
    """What is to be read in a message as float32 [SIZE]: hashed words of length 1 together, then the style."""
    vector = np.zeros(SIZE, np.float32)
    for token, count in Counter(_tokens(said)).items():
        hashed = zlib.crc32(token.encode("utf-8", "replace"))
        # One bit for the sign, so that words that share a place cancel out on average.
        vector[hashed % WORDS] += (1 - 2 * (hashed >> 31)) * (1 + np.log(count))
    length = float(np.linalg.norm(vector[:WORDS]))
    if length > 0:
        vector[:WORDS] /= length
    vector[WORDS:] = _style(said)
    return vector


def _tokens(said: str) -> list[str]:
    """Words in small letters, each alone and with the next one; numbers by their form, links by their host's parts."""
    hosts = [f"link:{part}" for host in _LINK.findall(said) for part in set(host.lower().split("."))]
    plain = _ADDRESS.sub(" an@address ", _LINK.sub(" a link ", said))
    words = [_DIGITS.sub("0", word.lower())[:30] for word in _WORD.findall(plain)[:MOST]]
    return [*words, *map(" ".join, pairwise(words)), *hosts[:MOST]]


def _style(said: str) -> NDArray[np.float32]:
    """Shares of capitals, digits and signs, and how long it is; each between 0 and about 1."""
    size = max(1, len(said))
    letters = [letter for letter in said if letter.isalpha()]
    capitals = sum(map(str.isupper, letters)) / max(1, len(letters))
    words = said.split()
    shouted = sum(len(word) > 3 and word.isupper() for word in words) / max(1, len(words))
    return np.array(
        [
            capitals,
            shouted,
            min(1.0, 20 * said.count("!") / size),
            min(1.0, 20 * sum(map(said.count, "$€£%")) / size),
            min(1.0, 5 * len(_DIGITS.findall(said)) / size),
            min(1.0, 50 * len(_LINK.findall(said)) / size),
            min(1.0, 5 * sum(line.startswith(">") for line in said.split("\n")) / max(1, said.count("\n"))),
            min(1.0, np.log1p(len(words)) / 8),
        ],
        np.float32,
    )
