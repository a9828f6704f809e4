"""Whether two distributions differ by more than chance: the population stability index, and Kolmogorov and Smirnov's.

Where nothing changed, the index over B bins is distributed as (1/N + 1/M) times chi-squared with B - 1 degrees of
freedom, N being the requests and M the items of the profile (Yurdakul, "Statistical properties of population stability
index", 2018). So its limit depends on how many there are, and no rule of thumb is needed; what lies below `SMALL` is
no matter, however many requests prove it. All limits together are passed by chance in one comparison of five hundred at
most (Bonferroni), so that who compares five times while the same requests come is misled in one of a hundred at most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from modelyard.manifest.profile import CLASS

FALSE_ALARMS = 0.002
"""The share of comparisons that may find drift where there is none."""
FEWEST = 50
"""Requests from which on there is a verdict."""
SMALL = 0.05
"""An index, or a distance, below which a change is no matter."""
PRIOR = 0.5
"""What each bin is given beyond its count, lest an empty one make the index infinite (Jeffreys)."""

Counts = Mapping[str, float]
"""How many lie in each bin, in the bins' order."""


@dataclass(frozen=True)
class Compared:
    """One statistic.

    Attributes:
        name: Its name.
        n: Requests that were counted.
        items: Items of the profile.
        psi: The population stability index.
        psi_limit: What it must be above for a drift.
        ks: The largest distance of the cumulative shares; None for classes, which have no order.
        ks_limit: What it must be above for a drift.
        bins: The name of each bin, with the share of the items and of the requests in it.
    """

    name: str
    n: float
    items: float
    psi: float
    psi_limit: float
    ks: float | None
    ks_limit: float | None
    bins: tuple[tuple[str, float, float], ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough requests for a verdict."""
        return self.n >= FEWEST

    @property
    def differs(self) -> bool:
        """Whether it differs by more than chance, and by more than a trifle."""
        far = self.ks is not None and self.ks_limit is not None and self.ks > self.ks_limit
        return self.psi > self.psi_limit or far

    @property
    def drifted(self) -> bool:
        """Whether it differs, and there are enough requests to say so."""
        return self.enough and self.differs


def compare(
    usual: Mapping[str, Counts], live: Mapping[str, Counts], false_alarms: float = FALSE_ALARMS
) -> list[Compared]:
    """Every statistic of a profile beside what was counted, in the profile's order.

    Args:
        usual: The items of the profile in each bin, by statistic.
        live: The requests in each bin; a bin that the profile doesn't have is left out.
        false_alarms: The share of comparisons that may find drift where there is none.
    """
    tests = sum(1 if name == CLASS else 2 for name in usual)
    return [_compared(name, counts, live.get(name, {}), false_alarms / tests) for name, counts in usual.items()]


def quantile(freedom: int, tail: float) -> float:
    """What chi-squared exceeds with a probability, as Wilson and Hilferty (1931) come near it.

    Prometheus can compute it too, so that its rules and this comparison agree.

    Args:
        freedom: Degrees of freedom, at least 1.
        tail: The probability.
    """
    step = 2 / (9 * freedom)
    return freedom * (1 - step + NormalDist().inv_cdf(1 - tail) * math.sqrt(step)) ** 3


def _compared(name: str, usual: Counts, live: Counts, tail: float) -> Compared:
    before = [usual[bin] for bin in usual]
    after = [live.get(bin, 0.0) for bin in usual]
    items, n = sum(before), sum(after)
    noise = 1 / max(items, 1) + 1 / max(n, 1)
    limit = max(SMALL, quantile(max(1, len(usual) - 1), tail) * noise)
    ordered = name != CLASS
    return Compared(
        name=name,
        n=n,
        items=items,
        psi=_psi(before, after),
        psi_limit=limit,
        ks=_ks(before, after) if ordered else None,
        ks_limit=max(SMALL, math.sqrt(-math.log(tail / 2) / 2 * noise)) if ordered else None,
        bins=tuple(
            (bin, was / max(items, 1), now / max(n, 1)) for bin, was, now in zip(usual, before, after, strict=True)
        ),
    )


def _psi(before: list[float], after: list[float]) -> float:
    whole, live = (sum(counts) + PRIOR * len(counts) for counts in (before, after))
    pairs = [((was + PRIOR) / whole, (now + PRIOR) / live) for was, now in zip(before, after, strict=True)]
    return sum((now - was) * math.log(now / was) for was, now in pairs)


def _ks(before: list[float], after: list[float]) -> float:
    items, n = max(sum(before), 1), max(sum(after), 1)
    largest = first = second = 0.0
    for was, now in zip(before, after, strict=True):
        first, second = first + was / items, second + now / n
        largest = max(largest, abs(first - second))
    return largest
