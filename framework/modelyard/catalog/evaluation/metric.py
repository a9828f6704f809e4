"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Row = Mapping[str, Any]
"""What a task's metrics know of one item, as JSON has it."""

At = Callable[[NDArray[np.int64]], dict[str, float]]
"""The value of each metric over the rows at some places, of which one may stand there several times."""

Prepared = Callable[[Sequence[Row]], At]
"""What gives those of some rows, for whoever asks often."""


def listing(summarise: Callable[[Sequence[Row]], Mapping[str, float]]) -> Prepared:
    """The same by what gives the values over a list of rows."""
    return lambda rows: lambda places: dict(summarise([rows[at] for at in places]))


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
