"""Asking a model for its answer to every labelled item, several at a time."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from modelyard.catalog.evaluation.item import Item
from modelyard.errors import ModelyardError
from modelyard.serving.samples import Send, as_field
from modelyard.tasks.task import Task

_OK = 200


@dataclass(frozen=True)
class Asked:
    """One labelled item, and what the model said to it.

    Attributes:
        name: The item's.
        truth: The right answer.
        slices: What it belongs to.
        answer: The model's answer; None where it gave none.
        refusal: Why it gave none.
        seconds: How long it took.
    """

    name: str
    truth: Any
    slices: Mapping[str, str]
    answer: Any
    refusal: str
    seconds: float


def ask(
    items: Iterable[Item], task: Task[Any, Any], send: Send, jobs: int, told: Callable[[int], None]
) -> Iterator[Asked]:
    """Sends every item, and gives the answers in the items' order.

    However many there are, only a few are held at a time.

    Args:
        items: The labelled items.
        task: What reads an answer.
        send: The road to the model; several threads use it.
        jobs: How many are under way at a time.
        told: Gets the number of the answers so far.
    """
    waiting: deque[Future[Asked]] = deque()
    count = 0
    with ThreadPoolExecutor(jobs) as workers:
        try:
            for item in items:
                waiting.append(workers.submit(_ask, item, task, send))
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft().result()
                    told(count := count + 1)
            while waiting:
                yield waiting.popleft().result()
                told(count := count + 1)
        finally:
            for one in waiting:
                one.cancel()


def _ask(item: Item, task: Task[Any, Any], send: Send) -> Asked:
    began = time.monotonic()
    code, body = send(item.data, {name: as_field(value) for name, value in item.parameters.items()})
    seconds = time.monotonic() - began
    answer, refusal = None, ""
    if code != _OK:
        refusal = f"{code} {_message(body)}".strip()
    else:
        try:
            answer = task.parse(body)
        except ModelyardError as error:
            refusal = str(error)
    return Asked(item.name, item.truth, item.slices, answer, refusal, seconds)


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""
