"""Tables over time: how long, and the level and the spread of every column that the profile's tables had."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from modelyard.errors import BadInput
from modelyard.series import Series

STATISTICS: Mapping[str, str] = {
    "rows": "number of rows",
    "columns": "number of columns, that of the times left out",
    "mean:": "mean of the latest rows of a column",
    "spread:": "standard deviation of the latest rows of a column",
}

_READ = 500
"""The latest rows."""
_KEPT = 8
"""Columns that a profile keeps."""
_LONGEST = 60


def measure(sent: Series, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a table; a column that isn't there, or isn't of numbers, has none."""
    found = {"rows": float(len(sent)), "columns": float(len(sent.names))}
    for name in learned:
        if (values := _latest(sent, name)) is not None:
            found |= {f"mean:{name}": float(values.mean()), f"spread:{name}": float(values.std())}
    return found


def learn(inputs: Sequence[Series]) -> Mapping[str, float]:
    """The columns of numbers that most tables have, each with the share of them that has it."""
    counts = Counter(
        name for one in inputs for name in one.names if 0 < len(name) <= _LONGEST and _latest(one, name) is not None
    )
    usual = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_KEPT]
    return {name: round(count / len(inputs), 3) for name, count in usual if count > len(inputs) / 2}


def _latest(table: Series, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    if name not in table.names:
        return None
    try:
        values = table.values([name])[-_READ:, 0]
    except BadInput:
        return None
    return values if math.isfinite(float(values.sum())) else None
