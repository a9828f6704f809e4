"""How sure a figure is: the bootstrap (Efron 1979), over the items that it was measured on.

Items are drawn with replacement, as many as there are, again and again; the percentiles of the figure over the draws
are its interval. A comparison draws the same items for both, so that what an item makes hard for both cancels out. The
draws are those of one seed: the same rows give the same interval.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import At, Prepared, Row, listing
from modelyard.catalog.records.quality import Changed

DRAWS = 250
FEWEST = 5
"""Items from which on there is an interval."""
_SEED = 20_261_127

Summarise = Callable[[Sequence[Row]], Mapping[str, float]]


def intervals(rows: Sequence[Row], summarise: Summarise, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
    """Lower and upper end of each figure's interval; those that have none are left out.

    Args:
        rows: What the metrics know of each item.
        summarise: The metrics.
        confidence: The share of the draws between the ends.
    """
    found = drawn(rows, summarise)
    return {name: ends for name, values in found.items() if (ends := ends_of(values, confidence)) is not None}


def drawn(rows: Sequence[Row], summarise: Summarise) -> dict[str, list[float]]:
    """Each figure over every draw; nothing where there are too few items.

    Args:
        rows: What the metrics know of each item.
        summarise: The metrics.
    """
    return drawn_at(len(rows), listing(summarise)(rows))


def drawn_at(count: int, figures: At) -> dict[str, list[float]]:
    """The same, by what gives figures over the items at some places.

    Args:
        count: How many items there are.
        figures: The metrics over some of them.
    """
    found: dict[str, list[float]] = {}
    with _quiet():
        for draw in _draws(count) if count >= FEWEST else ():
            for name, value in figures(draw).items():
                found.setdefault(name, []).append(value)
    return found


def differences(
    before: Sequence[Row], after: Sequence[Row], prepared: Prepared, confidence: float = 0.9
) -> dict[str, Changed]:
    """How much each figure changed, paired item by item.

    Args:
        before: What the metrics know of each item of the earlier image.
        after: The same of the later one, in the same order.
        prepared: The metrics.
        confidence: The share of the draws between the ends: with 0.9, the figure is above the lower end with 95 %.
    """
    was, now = prepared(before), prepared(after)
    everything = np.arange(len(after))
    first, second = was(everything), now(everything)
    if before == after:
        return {name: Changed(value=0.0, low=0.0, high=0.0, n=len(after)) for name in second}
    found: dict[str, list[float]] = {name: [] for name in second}
    with _quiet():
        for draw in _draws(len(after)) if len(after) >= FEWEST else ():
            one, other = was(draw), now(draw)
            for name, values in found.items():
                values.append(other[name] - one[name])
    differences = {}
    for name, values in found.items():
        value = second[name] - first[name]
        low, high = ends_of(values, confidence) or (value, value)
        differences[name] = Changed(value=value, low=low, high=high, n=len(after))
    return differences


def _draws(count: int) -> Iterator[NDArray[np.int64]]:
    generator = np.random.default_rng(_SEED)
    for _ in range(DRAWS):
        yield generator.integers(0, count, count)


@contextmanager
def _quiet() -> Iterator[None]:
    """A draw may lack a class altogether, of which libraries warn each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def ends_of(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float] | None:
    """Between which ends a share of the draws lies; None where most draws have no number.

    Args:
        values: A figure over every draw.
        confidence: The share.
    """
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < DRAWS // 2:
        return None
    low, high = np.quantile(finite, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
