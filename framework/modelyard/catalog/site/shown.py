"""The small things that an asset's page shows: what is said of it, lines to copy, figures over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.catalog.records.plot import Point


@dataclass(frozen=True)
class Link:
    """A text that may lead somewhere.

    Attributes:
        text: What to read.
        href: Where it leads; None where that is no web address.
    """

    text: str
    href: str | None


@dataclass(frozen=True)
class Fact:
    """A term and what is said about it.

    Attributes:
        term: Such as `Training data`.
        said: Each of what is said.
    """

    term: str
    said: Sequence[Link]


@dataclass(frozen=True)
class Snippet:
    """Lines to copy.

    Attributes:
        kind: What they are for: `docker`, `curl`, …
        variant: The image that they are about.
        label: What they do.
        hint: What to know first; empty where there is nothing.
        lines: What to type.
    """

    kind: str
    variant: str
    label: str
    hint: str
    lines: str


@dataclass(frozen=True)
class Trend:
    """A metric over the images that the registry has or stopped.

    Attributes:
        name: The metric, in words.
        points: The oldest first.
    """

    name: str
    points: Sequence[Point]
