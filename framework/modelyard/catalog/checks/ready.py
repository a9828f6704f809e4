"""The image becomes ready, and within the asset's budget `ready`.

The quickest of a few starts counts, without what it waited for a core that others had: a busy machine makes a start
slower, and none makes it quicker than it is. What never becomes ready can't be asked anything, and no other check is
made.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking import contention
from modelyard.catalog.checking.budget import budget
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.running import Running, start
from modelyard.catalog.records.report import Checked

COST = 1

_MORE_STARTS = 3


def check(candidate: Candidate) -> Iterator[Checked]:
    """One figure, in seconds from the start of the server's process."""
    seconds, allowed = candidate.running.ready, candidate.budgets.ready
    if allowed is not None and seconds > allowed:
        seconds = _undisturbed(candidate.running)
    for _ in range(_MORE_STARTS):
        if allowed is None or seconds <= allowed:
            break
        with start(candidate.client, candidate.image) as again:
            seconds = min(seconds, _undisturbed(again))
    yield budget("ready", seconds, "s", allowed)


def _undisturbed(running: Running) -> float:
    found = contention.of(running.container)
    return found.undisturbed(running.ready) if found else running.ready
