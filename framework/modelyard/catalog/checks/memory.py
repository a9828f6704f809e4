"""The container keeps to the asset's budget `memory`, after it answered the samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from modelyard.catalog.checking.budget import budget
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 4


def check(candidate: Candidate) -> Iterator[Checked]:
    """One figure, in megabytes."""
    stats = cast(dict[str, Any], candidate.running.container.stats(stream=False))
    allowed = candidate.budgets.memory
    yield budget("memory", stats["memory_stats"].get("usage", 0) / 1e6, "MB", allowed and allowed / 1e6)
