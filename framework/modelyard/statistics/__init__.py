"""A few numbers that say what an input is like, so that traffic can be compared with what a model was evaluated on.

One file a kind of input, by the field that it is sent in. Each has `STATISTICS: Mapping[str, str]`, which says what
every number means, and

    def measure(sent: Image, learned: Mapping[str, float]) -> Mapping[str, float]

which is called for requests while they are answered: it costs some tenths of a millisecond however large the input
is, and a number that an input doesn't have, or that is not finite, is left out. Where a statistic needs to know what
is usual (which letters follow each other, which columns there are), the file also has

    def learn(inputs: Sequence[Text]) -> Mapping[str, float]

for the inputs of a profile, which keeps what it gives. A name in `STATISTICS` that ends with a colon stands for one
number for each thing learned. Numbers, and nothing else of an input, leave here.
"""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

Measure = Callable[[Any, Mapping[str, float]], Mapping[str, float]]
Learn = Callable[[Sequence[Any]], Mapping[str, float]]


@dataclass(frozen=True)
class Statistics:
    """The numbers of a kind of input.

    Attributes:
        described: What each of them means, by its name.
        learn: What `measure` needs to know of usual inputs; None where that is nothing.
    """

    described: Mapping[str, str]
    learn: Learn | None
    _measure: Measure

    def measure(self, sent: Any, learned: Mapping[str, float]) -> dict[str, float]:
        """The numbers of one input; all are finite.

        Args:
            sent: The input, decoded or yet to be decoded.
            learned: What `learn` gave for usual inputs.

        Raises:
            BadInput: The input is damaged where the pipeline didn't look.
        """
        return {name: float(value) for name, value in self._measure(sent, learned).items() if math.isfinite(value)}


def of(field: str) -> Statistics | None:
    """The statistics of a kind of input, by the field that it is sent in; None where it has none."""
    if field not in {module.name for module in pkgutil.iter_modules(__path__)}:
        return None
    module = import_module(f"{__name__}.{field}")
    return Statistics(module.STATISTICS, getattr(module, "learn", None), module.measure)
