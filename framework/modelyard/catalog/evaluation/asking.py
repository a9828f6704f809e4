"""Asking a model for its answer to every labelled item, several at a time."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from typing import Any

from modelyard.catalog.evaluation.deadline import Deadline
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.metric import Row
from modelyard.errors import ModelyardError
from modelyard.serving.samples import Send, as_field
from modelyard.tasks.task import Task

_OK = 200


@dataclass(frozen=True)
class Asked:
    """One labelled item, and what the model said to it.

    Attributes:
        name: The item's.
        slices: What it belongs to.
        row: All that the metrics need to know of the answer; None where there was none.
        refusal: Why there was none.
        seconds: How long it took.
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
    send: Send,
    jobs: int,
    told: Callable[[int], None],
    deadline: Deadline | None = None,
) -> Iterator[Asked]:
    """Sends every item, and gives what was observed in the items' order.

    However many there are, only a few inputs and answers are held at a time.

    Args:
        items: The labelled items.
        task: What reads an answer.
        observe: What the metrics need to know of an answer and the truth.
        send: The road to the model; several threads use it.
        jobs: How many are under way at a time.
        told: Gets the number of the answers so far.
        deadline: When all of them must be there.

    Raises:
        TooLong: They aren't.
    """
    waiting: deque[Future[Asked]] = deque()
    count = 0
    workers = ThreadPoolExecutor(jobs)
    try:
        for item in items:
            waiting.append(workers.submit(_ask, item, task, observe, send))
            if len(waiting) > 2 * jobs:
                yield _result(waiting.popleft(), deadline)
                told(count := count + 1)
        while waiting:
            yield _result(waiting.popleft(), deadline)
            told(count := count + 1)
    finally:
        # Who hangs is not waited for: it ends with the container that it asks.
        workers.shutdown(wait=False, cancel_futures=True)


def _result(answer: Future[Asked], deadline: Deadline | None) -> Asked:
    if deadline is None:
        return answer.result()
    while True:
        left = deadline.left()
        try:
            return answer.result(timeout=left)
        except Late:
            if answer.done():
                raise  # It is the road's own.


def _ask(item: Item, task: Task[Any, Any], observe: Callable[[Any, Any], Row], send: Send) -> Asked:
    began = time.monotonic()
    code, body = send(item.data, {name: as_field(value) for name, value in item.parameters.items()})
    seconds = time.monotonic() - began
    row, refusal = None, ""
    if code != _OK:
        refusal = f"{code} {_message(body)}".strip()
    else:
        try:
            row = observe(task.parse(body), item.truth)
        except ModelyardError as error:
            refusal = str(error)
    return Asked(item.name, item.slices, row, refusal, seconds)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""
