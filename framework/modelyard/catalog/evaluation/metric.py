"""What a metric is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Row = Mapping[str, Any]
"""What a task's metrics know of one item, as JSON has it."""


@dataclass(frozen=True)
class Metric:
    """One standard figure of a task.

    Attributes:
        description: What it says, with its definition or its library's name for it.
        better: Which way is better.
        unit: What it counts, such as `dB`; none for a share.
    """

    description: str
    better: Literal["higher", "lower"] = "higher"
    unit: str = ""
