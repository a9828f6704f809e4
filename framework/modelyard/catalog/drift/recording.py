"""What labelled items are like, and what a model answers to them, noted while an evaluation asks it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from modelyard import statistics
from modelyard.catalog.evaluation.item import Item
from modelyard.errors import BadInput, ModelyardError
from modelyard.serving.profiling import Pairs
from modelyard.serving.samples import SendMany
from modelyard.tasks.task import Task

_PARTS = 5
"""What is learned of usual inputs, an item is held to as learned without it and a fifth of the others."""
_OK = 200


@dataclass(frozen=True)
class Seen:
    """One item that was answered.

    Attributes:
        values: The statistics of the input.
        pairs: The classes in the answer, each with its probability where it has one.
    """

    values: Mapping[str, float]
    pairs: Pairs


class Recording:
    """Stands between an evaluation and its items, and between it and the model; it changes neither.

    Corrupted items, which come over the same road, are not among the items and are not noted.
    """

    def __init__(self, task: Task[Any, Any], learned: Mapping[str, float] | None = None) -> None:
        """Nothing is noted yet.

        Args:
            task: What reads inputs and answers.
            learned: What the statistics need to know of usual inputs; learned of the items themselves if left out.
        """
        self._task = task
        self._statistics = statistics.of(task.input.field)
        self._learns = learned is None
        self._tables: list[Mapping[str, float]] = [learned or {}]
        self._parts: dict[bytes, int] = {}
        self._order: list[bytes] = []
        self._seen: dict[bytes, Seen] = {}
        self._lock = threading.Lock()
        self.learned = learned or {}
        """What the statistics need to know of usual inputs, from all items."""

    @property
    def seen(self) -> list[Seen]:
        """What was noted, in the items' order; of items that are sent the same, once."""
        return [self._seen[one] for one in self._order if one in self._seen]

    def items(self, given: Iterable[Item]) -> Iterator[Item]:
        """Gives the items as they are; all at once where something is learned of them first."""
        if self._learns and self._statistics is not None and self._statistics.learn is not None:
            given = list(given)
            self._learn([item.data for item in given], self._statistics.learn)
        for number, item in enumerate(given):
            digest = _digest(item.data)
            if digest not in self._parts:
                self._order.append(digest)
                self._parts[digest] = number % len(self._tables)
            yield item

    def send(self, road: SendMany) -> SendMany:
        """The road to the model, along which answers to the items are noted."""

        def noting(data: bytes, parameters: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
            code, body = road(data, parameters, *more)
            if code == _OK:
                for sent, read in zip((data, *more), self._answers(body, 1 + len(more)), strict=False):
                    if (digest := _digest(sent)) in self._parts:
                        self._note(digest, sent, read)
            return code, body

        return noting

    def _answers(self, body: bytes, count: int) -> Sequence[Callable[[], Any]]:
        """What reads each answer; nothing where they are no answers, which whoever asked finds out."""
        if count == 1:
            return [partial(self._task.parse, body)]
        try:
            return [partial(self._task.decode, one) for one in self._task.parse_several(body, count)]
        except ModelyardError:
            return []

    def _note(self, digest: bytes, data: bytes, read: Callable[[], Any]) -> None:
        try:
            pairs = tuple(self._task.observe(read()))
        except ModelyardError:
            return  # That it is no answer, whoever asked finds out.
        found = Seen(self._values(data, self._parts[digest]), pairs)
        with self._lock:
            self._seen[digest] = found

    def _learn(self, inputs: Sequence[bytes], learn: statistics.Learn) -> None:
        parsed = [sent for data in inputs if (sent := self._parsed(data)) is not None]
        self.learned = learn(parsed)
        self._tables = [
            learn([sent for number, sent in enumerate(parsed) if number % _PARTS != part]) for part in range(_PARTS)
        ]

    def _values(self, data: bytes, part: int) -> Mapping[str, float]:
        sent = self._parsed(data)
        if self._statistics is None or sent is None:
            return {}
        try:
            return self._statistics.measure(sent, self._tables[part])
        except BadInput:
            return {}

    def _parsed(self, data: bytes) -> Any:
        try:
            return self._task.input.parse(data)
        except BadInput:
            return None


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
