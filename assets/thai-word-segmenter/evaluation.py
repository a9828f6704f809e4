"""Thai words in a row, drawn as often as textbooks have them: where one ends is known."""

import random
from collections.abc import Iterator
from pathlib import Path

from modelyard import Token, TokenSegmentation
from modelyard.catalog.evaluation.item import Item

COMMON = 3000
"""The most frequent words, of which the rows are made."""
ROWS, LENGTH = 150, 12


def items(data: Path) -> Iterator[Item]:
    """Rows of words of two letters at least, with the place of each."""
    counted = [line.split("\t") for line in (data / "words.txt").read_text("utf-8").splitlines()]
    common = [(word, int(count)) for word, count in counted if len(word) > 1][:COMMON]
    words, counts = zip(*common, strict=True)
    chance = random.Random(1)  # noqa: S311  # the same rows each time
    for number in range(ROWS):
        row = chance.choices(words, counts, k=LENGTH)
        tokens, start = [], 0
        for word in row:
            tokens.append(Token(word, start, start + len(word)))
            start += len(word)
        yield Item(f"row {number}", "".join(row).encode(), TokenSegmentation(tuple(tokens)))
