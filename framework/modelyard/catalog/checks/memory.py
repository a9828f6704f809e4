"""The container keeps to the asset's budget `memory`, after it answered the samples.

What the kernel keeps of files that were read once is not counted, as `docker stats` doesn't count it: that is charged
to whoever reads a layer first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from modelyard.catalog.checking.budget import budget
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 4


def check(candidate: Candidate) -> Iterator[Checked]:
    """One figure, in megabytes."""
    stats = cast(dict[str, Any], candidate.running.container.stats(stream=False))
    allowed = candidate.budgets.memory
    yield budget("memory", resident(stats["memory_stats"]) / 1e6, "MB", allowed and allowed / 1e6)


def resident(memory: Mapping[str, Any]) -> int:
    """Bytes of memory that a container holds.

    Args:
        memory: `memory_stats` of the engine, of control groups of either version.
    """
    detail = memory.get("stats", {})
    read_once = detail.get("total_inactive_file", detail.get("inactive_file", 0))
    return max(0, int(memory.get("usage", 0)) - int(read_once))
