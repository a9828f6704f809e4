"""Proverbs in two translations: is the same proverb in other words nearer than others in the same words?"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.metrics.text_embedding import Judged

BOOK = 20
CHAPTERS = range(10, 25)
"""Those with a proverb of its own in each verse."""
OTHERS = 5


def items(data: Path) -> Iterator[Item]:
    """Each verse in the World English Bible and in Young's translation.

    A verse is alike to its other translation, and not alike to the five other verses of it that share most words.
    """
    modern, literal = verses(data / "web.py"), verses(data / "ylt.py")
    numbers = sorted(number for number in modern.keys() & literal.keys() if number // 1000 % 1000 in CHAPTERS)
    words = {number: set(re.findall("[a-z]+", literal[number].lower())) for number in numbers}
    for number in numbers:
        own = set(re.findall("[a-z]+", modern[number].lower()))
        shared = {other: len(own & words[other]) / len(own | words[other]) for other in numbers if other != number}
        nearest = sorted(shared, key=shared.__getitem__, reverse=True)[:OTHERS]
        alike = {f"ylt {other}": float(other == number) for other in (number, *nearest)}
        yield Item(f"web {number}", modern[number].encode(), Judged(f"web {number}", alike))
        yield Item(f"ylt {number}", literal[number].encode(), Judged(f"ylt {number}", {}))


def verses(file: Path) -> dict[int, str]:
    """The book's verses, by book, chapter and verse as one number: 20001002 is verse 2 of chapter 1."""
    source = file.read_text("utf-8")
    text = ast.literal_eval(re.search(r'""".*?"""', source, re.DOTALL)[0])
    places = [(int(verse), int(at)) for verse, at in re.findall(rf"\b({BOOK}\d{{6}}): (\d+)", source)]
    starts, ends = dict(places[: len(places) // 2]), dict(places[len(places) // 2 :])
    return {verse: " ".join(text[start : ends[verse]].split()) for verse, start in starts.items()}
