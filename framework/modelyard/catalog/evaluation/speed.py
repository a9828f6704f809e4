"""How fast a model answers, beside another in the same run: what slows the machine slows both."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from modelyard.catalog.evaluation.item import Item
from modelyard.serving.samples import Send, as_field

MOST = 100
"""Items that are sent."""
_ROUNDS = 4
_SECONDS = 30.0
"""How long one of the two kinds of measurement may take."""


@dataclass(frozen=True)
class Speed:
    """How fast a model answers.

    Attributes:
        p50: Median seconds of an answer, one at a time.
        p95: The seconds that 95 of 100 answers don't exceed.
        throughput: Answers a second, with several under way.
        n: How many answers the seconds are of.
    """

    p50: float
    p95: float
    throughput: float
    n: int

    def to_text(self) -> str:
        """One line."""
        return (
            f"p50 {self.p50 * 1e3:.1f} ms, p95 {self.p95 * 1e3:.1f} ms, {self.throughput:.1f} a second (n = {self.n})"
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def side_by_side(roads: Mapping[str, Send], items: Sequence[Item], jobs: int) -> dict[str, Speed]:
    """How fast each of several models answers the same items, taking turns.

    Args:
        roads: The way to each model, by its name; several threads use them.
        items: What they are asked, the first hundred of it.
        jobs: How many items are under way at a time where throughput is measured.
    """
    items = items[:MOST]
    names = list(roads)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        _timed(roads[name], items[0])
    began = time.monotonic()
    for number, item in enumerate(items):
        # Whoever comes second may find warmer caches, so they take turns at that too.
        for name in names if number % 2 else reversed(names):
            seconds[name].append(_timed(roads[name], item))
        if time.monotonic() - began > _SECONDS:
            break
    many = {name: [0, 0.0] for name in names}
    began = time.monotonic()
    for number in range(_ROUNDS):
        for name in names if number % 2 else reversed(names):
            done, took = _crowd(roads[name], items[: len(seconds[name])], jobs)
            many[name][0] += done
            many[name][1] += took
        if time.monotonic() - began > _SECONDS:
            break
    found = {}
    for name in names:
        p50, p95 = np.quantile(seconds[name], [0.5, 0.95])
        found[name] = Speed(float(p50), float(p95), many[name][0] / many[name][1], len(seconds[name]))
    return found


def _timed(send: Send, item: Item) -> float:
    began = time.perf_counter()
    send(item.data, {name: as_field(value) for name, value in item.parameters.items()})
    return time.perf_counter() - began


def _crowd(send: Send, items: Sequence[Item], jobs: int) -> tuple[int, float]:
    began = time.perf_counter()
    with ThreadPoolExecutor(jobs) as workers:
        done = len(list(workers.map(lambda item: _timed(send, item), items)))
    return done, time.perf_counter() - began
