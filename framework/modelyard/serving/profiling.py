"""What the model is sent and answers, counted in the bins of its profile, so that drift can be seen from outside.

Answers are all counted. Inputs are measured within a budget of time: a fifth of a second at first, so that the first
hundreds are all counted, and a hundredth of the time that passes from then on. Whether one is measured is decided
before anybody looks at it, so that those measured are like all others. Only counts are kept.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from modelyard import statistics
from modelyard.errors import BadInput
from modelyard.manifest.profile import CLASS, CONFIDENCE, LABELS, NO_CLASS, OTHER, Profile

SHARE = 0.01
"""Of the time that passes."""
SAVED = 0.2
"""Seconds of it that are saved up."""

Pairs = Sequence[tuple[int | str, float | None]]

_defects = logging.getLogger("modelyard.profiling")


class Profiling:
    """The live counts of one application."""

    def __init__(self, profile: Profile, field: str, labels: Sequence[str], registry: CollectorRegistry) -> None:
        """Lays the profile open, and every live count as zero.

        Args:
            profile: What is usual.
            field: The field that inputs are sent in.
            labels: The names of the classes, by id.
            registry: Where the counts are shown.
        """
        self._profile = profile
        self._labels = labels
        self._statistics = statistics.of(field)
        self._lock = threading.Lock()
        self._left, self._looked = SAVED, time.monotonic()
        self._broken = False
        live = Counter(
            "modelyard_profiled",
            "What the model was sent and answered, in the bins of its profile; a bin is named by its largest number.",
            ("statistic", "bin"),
            registry=registry,
        )
        usual = Gauge(
            "modelyard_profile_items",
            "The labelled items of the model's profile, in the same bins.",
            ("statistic", "bin"),
            registry=registry,
        )
        self._count: dict[str, list[Callable[[], None]]] = {}
        for name, one in profile.distributions.items():
            self._count[name] = [live.labels(name, bin).inc for bin in one.bins]
            for bin, count in zip(one.bins, one.counts, strict=True):
                usual.labels(name, bin).set(count)
        names = profile.classes.names if profile.classes else []
        self._classes = {name: number for number, name in enumerate(names)}

    def sent(self, sent: Any) -> None:
        """An input was answered; it is measured if the budget lets it."""
        # Where another thread measures one, this one isn't: that is the budget, too.
        if self._statistics is None or not self._lock.acquire(blocking=False):
            return
        try:
            began = time.monotonic()
            self._left = min(SAVED, self._left + SHARE * (began - self._looked))
            self._looked = began
            if self._left > 0:
                self._measure(sent)
                self._left -= time.monotonic() - began
        finally:
            self._lock.release()

    def _measure(self, sent: Any) -> None:
        assert self._statistics is not None
        try:
            found = self._statistics.measure(sent, self._profile.learned)
        except BadInput:
            return  # The pipeline answered from a part of it, and the rest is damaged.
        except Exception as error:
            # The answer is there, and must reach its client; this is said once, and not for every request.
            if not self._broken:
                self._broken = True
                _defects.error("an input can't be measured for the profile", exc_info=error)
            return
        for name, value in found.items():
            if (one := self._profile.inputs.get(name)) is not None:
                self._count[name][one.bin(value)]()

    def answered(self, pairs: Pairs) -> None:
        """An answer holds these labels, each with its probability where it has one."""
        name, confidence = foremost(pairs, self._labels)
        if CLASS in self._count:
            counts = self._count[CLASS]
            counts[self._classes.get(name, len(counts) - 1)]()
        values = {CONFIDENCE: confidence, LABELS: float(len(pairs))}
        for statistic, one in self._profile.answers.items():
            value = values.get(statistic)
            # Written so that a NaN is left out.
            if value is not None and value >= 0:
                self._count[statistic][one.bin(value)]()


def foremost(pairs: Pairs, labels: Sequence[str]) -> tuple[str, float | None]:
    """The class of an answer that is the most likely, or else the first; and how likely it is.

    Args:
        pairs: The classes in the answer, as ids or names, each with its probability where it has one.
        labels: The names of the classes, by id.
    """
    if not pairs:
        return NO_CLASS, None
    label, confidence = max(pairs, key=lambda pair: -1.0 if pair[1] is None else pair[1])
    known = isinstance(label, int) and 0 <= label < len(labels)
    name = labels[label] if known and isinstance(label, int) else str(label)
    return (f"class {OTHER}" if name == OTHER else name)[:100], confidence
