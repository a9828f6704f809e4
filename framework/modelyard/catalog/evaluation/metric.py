"""What a metric is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
