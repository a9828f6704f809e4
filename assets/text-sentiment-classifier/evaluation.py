"""Lines of tweets, reviews and editorials that people rated, of VADER's ground truth; those that are held out."""

import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog.evaluation.item import Item

SOURCES = {
    "tweets": "tweets_GroundTruth.txt",
    "movies": "movieReviewSnippets_GroundTruth.txt",
    "products": "amazonReviewSnippets_GroundTruth.txt",
    "editorials": "nytEditorialSnippets_GroundTruth.txt",
}
CLEAR = 0.5
"""Lines whose mean rating is nearer to 0 are neither: raters were of two minds, or felt nothing."""
PARTS = 10
TEST, VALIDATION = 0, 1
"""The part that this evaluation holds the model to; the part that tells the training when to stop."""


@dataclass(frozen=True)
class Line:
    """One line.

    Attributes:
        source: One of `SOURCES`.
        number: Its number there; of reviews of products and editorials, `DOCUMENT_LINE`.
        rating: The mean of some 20 people's, from -4 to 4.
        text: What they read.
    """

    source: str
    number: str
    rating: float
    text: str

    @property
    def label(self) -> str:
        """Its class."""
        return "positive" if self.rating > 0 else "negative"

    @property
    def part(self) -> int:
        """One of `PARTS`; the same for all lines of a document, lest one half of a review be learned for the other."""
        document = f"{self.source} {self.number.partition('_')[0]}"
        return int(hashlib.sha256(document.encode()).hexdigest(), 16) % PARTS


def clear_lines(archive: Path) -> Iterator[Line]:
    """All lines that are positive or negative, in their order."""
    with tarfile.open(archive) as opened:
        for source, name in SOURCES.items():
            file = opened.extractfile(f"hutto_ICWSM_2014/{name}")
            assert file is not None
            for row in file.read().decode("utf-8-sig").split("\r\n"):
                if row.strip():
                    number, rating, text = row.split("\t", 2)
                    if abs(float(rating)) >= CLEAR:
                        yield Line(source, number, float(rating), text.strip())


def items(data: Path) -> Iterator[Item]:
    """The held-out lines, by source."""
    for line in clear_lines(data / "rated.tar.gz"):
        if line.part == TEST:
            name = f"{line.source} {line.number}"
            yield Item(name, line.text.encode(), line.label, slices={"source": line.source})
