"""From the figures of several rounds to what stands in a table."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from itertools import starmap

from scripts.benchmarks._load import Load

Row = tuple[str, str, str]
"""What was measured, how it came out, and what it should be."""


def spread(values: Iterable[float], unit: str, digits: int = 2) -> str:
    """The median, and from where to where."""
    values = list(values)
    return f"{statistics.median(values):.{digits}f}{unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def ratio(above: Sequence[float], below: Sequence[float]) -> str:
    """The ratio of the medians, and from where to where it went in the rounds."""
    rounds = list(starmap(lambda a, b: a / b, zip(above, below, strict=True)))
    middle = statistics.median(above) / statistics.median(below)
    return f"{middle:.2f} × ({min(rounds):.2f} to {max(rounds):.2f})"


def difference(more: Sequence[float], less: Sequence[float], unit: str, digits: int = 2) -> str:
    """The difference of the medians, and from where to where it went in the rounds."""
    rounds = list(starmap(lambda a, b: a - b, zip(more, less, strict=True)))
    middle = statistics.median(more) - statistics.median(less)
    return f"{middle:.{digits}f}{unit} ({min(rounds):.{digits}f} to {max(rounds):.{digits}f})"


def p50(rounds: Iterable[Load]) -> list[float]:
    """The median latency of each round, in milliseconds."""
    return [one.p50_ms for one in rounds]


def per_second(rounds: Iterable[Load]) -> list[float]:
    """The good answers a second of each round."""
    return [one.per_second for one in rounds]


def failures(rounds: Iterable[Load]) -> str:
    """A remark for the table where a request was not answered with 200; empty where all were."""
    rounds = list(rounds)
    failed = sum(one.failed for one in rounds)
    return f"; {failed} of {failed + sum(one.answers for one in rounds)} failed" if failed else ""
