"""An answer takes no longer than it does in the published image, within the asset's budget `latency_ratio`.

Both images answer the same sample on this machine in turns, so that a busy machine slows both. The figure is the
median of the ratios of each pair. It fails only where even the lower bound of the median's confidence interval is
above the budget: a noisy machine blocks nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked
from modelyard.errors import ModelyardError
from modelyard.serving.samples import fields

COST = 5

_WARM = 2
_FEWEST, _MOST = 7, 31
_SECONDS = 15.0
_CONFIDENCE = 0.99


def check(candidate: Candidate) -> Iterator[Checked]:
    """One ratio."""
    if candidate.published is None:
        yield Checked(name="latency", passed=True, said=candidate.why_alone)
        return
    sample = candidate.good_samples[0]
    data, given = (candidate.folder / sample.input).read_bytes(), fields(sample)

    def timed(send: Callable[..., tuple[int, bytes]]) -> float:
        began = time.perf_counter()
        code, _ = send(data, given)
        seconds = time.perf_counter() - began
        if code != 200:
            raise ModelyardError(f"{sample.name} was answered with {code}: nothing to time")
        return seconds

    field = candidate.task.input.field
    roads = candidate.running.send(field), candidate.published.send(field)
    ratios = measure(lambda: timed(roads[0]), lambda: timed(roads[1]), candidate.budgets.latency_ratio)
    yield judged(ratios, candidate.budgets.latency_ratio)


def measure(candidate: Callable[[], float], published: Callable[[], float], allowed: float) -> list[float]:
    """How many times as long the candidate took, for each of several pairs.

    Args:
        candidate: Asks it once; seconds.
        published: Asks the published image once; seconds.
        allowed: Once the ratio is below this beyond doubt, there is nothing more to find out.
    """
    for _ in range(_WARM):
        candidate(), published()
    ratios: list[float] = []
    began = time.monotonic()
    while len(ratios) < _MOST:
        # Whoever comes second may find warmer caches, so they take turns at that too.
        first, second = (candidate, published) if len(ratios) % 2 else (published, candidate)
        seconds = {first: first(), second: second()}
        ratios.append(seconds[candidate] / max(seconds[published], 1e-9))
        if len(ratios) >= _FEWEST:
            upper_bound = -lower_bound([-ratio for ratio in ratios])
            if upper_bound <= allowed or time.monotonic() - began > _SECONDS:
                break
    return ratios


def judged(ratios: Sequence[float], allowed: float) -> Checked:
    """Whether the candidate is slower than it may be, beyond doubt."""
    low = lower_bound(ratios)
    said = (
        f"{median(ratios):.2f} times the published image's, at least {low:.2f} "
        f"({_CONFIDENCE:.0%} confidence, n = {len(ratios)}); at most {allowed:g}"
    )
    measures = {"ratio": median(ratios), "lower bound": low, "n": float(len(ratios))}
    return Checked(name="latency", passed=low <= allowed, said=said, measures=measures)


def lower_bound(values: Sequence[float]) -> float:
    """The lower end of the one-sided 99 % confidence interval of the median, of any distribution.

    The k-th smallest of n values is above the true median with the probability that fewer than k of n fair coins
    show heads.

    Args:
        values: At least seven.
    """
    count, chance, rank = len(values), 0.0, 0
    for below in range(count):
        chance += math.comb(count, below) / 2**count
        if chance > 1 - _CONFIDENCE:
            break
        rank = below
    return sorted(values)[rank]
