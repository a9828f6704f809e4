"""Asking a model for its answer to every labelled item, several at a time.

Requests are under way side by side. What is answered in an instant is sent with others in one request, or requests
would take more of the processor than answers: clients do so too, and get the same.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, replace
from typing import Any

from modelyard.catalog.evaluation.deadline import Deadline
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.metric import Row
from modelyard.errors import ModelyardError
from modelyard.serving.samples import SendMany, as_field
from modelyard.tasks.task import Task

_OK = 200
_BUSY = 503
_REQUEST_SECONDS = 0.2
"""How long a request with several items is meant to take: many times what is spent on any request."""
_REQUEST_BYTES = 1 << 18
"""How large their inputs are together, at most."""
_KNOWN = 8
"""After so many answers it is known how long one takes."""


@dataclass(frozen=True)
class Asked:
    """One labelled item, and what the model said to it.

    Attributes:
        name: The item's.
        slices: What it belongs to.
        row: All that the metrics need to know of the answer; None where there was none.
        refusal: Why there was none.
        seconds: How long it took; its share of that, where several were asked in one request.
    """

    name: str
    slices: Mapping[str, str]
    row: Row | None
    refusal: str
    seconds: float


def ask(
    items: Iterable[Item],
    task: Task[Any, Any],
    observe: Callable[[Any, Any], Row],
    send: SendMany,
    jobs: int,
    told: Callable[[int], None],
    deadline: Deadline | None = None,
    together: int = 1,
) -> Iterator[Asked]:
    """Sends every item, and gives what was observed in the items' order.

    However many there are, only a few inputs and answers are held at a time.

    Args:
        items: The labelled items.
        task: What reads an answer.
        observe: What the metrics need to know of an answer and the truth.
        send: The road to the model; several threads use it.
        jobs: How many requests are under way at a time.
        told: Gets the number of the answers so far.
        deadline: When all of them must be there.
        together: How many items a request may hold at most.

    Raises:
        TooLong: They aren't.
    """
    waiting: deque[Future[list[Asked]]] = deque()
    pace = _Pace(together)
    count = 0
    workers = ThreadPoolExecutor(jobs)

    def answered() -> Iterator[Asked]:
        nonlocal count
        for one in _result(waiting.popleft(), deadline):
            pace.heard(one)
            yield one
            told(count := count + 1)

    try:
        for some in _shared(items, pace):
            waiting.append(workers.submit(_ask, some, task, observe, send))
            if len(waiting) > 2 * jobs:
                yield from answered()
        while waiting:
            yield from answered()
    finally:
        # Who hangs is not waited for: it ends with the container that it asks.
        workers.shutdown(wait=False, cancel_futures=True)


class _Pace:
    """How many items make a request, by how long the last answers took."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seconds: deque[float] = deque(maxlen=4 * _KNOWN)

    def heard(self, asked: Asked) -> None:
        if asked.row is not None:
            self._seconds.append(asked.seconds)

    def size(self) -> int:
        if len(self._seconds) < _KNOWN:
            return 1
        return max(1, min(self._most, int(_REQUEST_SECONDS / max(statistics.median(self._seconds), 1e-6))))


def _shared(items: Iterable[Item], pace: _Pace) -> Iterator[list[Item]]:
    """The items of each request: one, or as many as the pace and their size allow, all with the same parameters."""
    some: list[Item] = []
    for item in items:
        size = sum(len(one.data) for one in some) + len(item.data)
        if some and (len(some) >= pace.size() or size > _REQUEST_BYTES or item.parameters != some[0].parameters):
            yield some
            some = []
        some.append(item)
    if some:
        yield some


def _result(answers: Future[list[Asked]], deadline: Deadline | None) -> list[Asked]:
    if deadline is None:
        return answers.result()
    while True:
        left = deadline.left()
        try:
            return answers.result(timeout=left)
        except Late:
            if answers.done():
                raise  # It is the road's own.


def _ask(
    items: Sequence[Item], task: Task[Any, Any], observe: Callable[[Any, Any], Row], send: SendMany
) -> list[Asked]:
    parameters = {name: as_field(value) for name, value in items[0].parameters.items()}
    began = time.monotonic()
    code, body = send(items[0].data, parameters, *(item.data for item in items[1:]))
    seconds = (time.monotonic() - began) / len(items)
    if code != _OK and len(items) > 1:
        # It was refused for one of them: which, and why, it says to each alone. Where each alone is answered, the
        # fault lies with several, unless the machine was too busy for them.
        alone = [one for item in items for one in _ask([item], task, observe, send)]
        if code == _BUSY or any(one.row is None for one in alone):
            return alone
        refusal = (
            f"{code} {_message(body)}".strip() + f"; of {len(items)} in one request, each of which is answered alone"
        )
        return [replace(one, row=None, refusal=refusal) for one in alone]
    if code != _OK:
        return [Asked(items[0].name, items[0].slices, None, f"{code} {_message(body)}".strip(), seconds)]
    try:
        bodies = task.parse_several(body, len(items)) if len(items) > 1 else None
    except ModelyardError as error:
        return [Asked(item.name, item.slices, None, str(error), seconds) for item in items]
    asked = []
    for number, item in enumerate(items):
        row, refusal = None, ""
        try:
            row = observe(task.parse(body) if bodies is None else task.decode(bodies[number]), item.truth)
        except ModelyardError as error:
            refusal = str(error)
        asked.append(Asked(item.name, item.slices, row, refusal, seconds))
    return asked


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""
