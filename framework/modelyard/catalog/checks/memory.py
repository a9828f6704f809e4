"""The container keeps to the asset's budget `memory`, after it answered the samples.

What the kernel keeps of files is counted as far as the server has them mapped, as a runtime may have its weights. The
rest is charged to whoever reads a layer first, and given back as soon as anybody needs the room.
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

    def bytes_of(version_1: str, version_2: str) -> int:
        return int(detail.get(version_1, detail.get(version_2, 0)))

    read = bytes_of("total_inactive_file", "inactive_file") + bytes_of("total_active_file", "active_file")
    mapped = bytes_of("total_mapped_file", "file_mapped")
    return max(0, int(memory.get("usage", 0)) - max(0, read - mapped))
