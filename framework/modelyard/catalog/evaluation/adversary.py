"""Robustness to somebody who means to make a model wrong, and can do nothing but ask it."""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy.stats import binomtest

from modelyard import tasks
from modelyard.catalog import attacks, shelf
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.oracle import Attempt, Oracle
from modelyard.catalog.records.attacked import Attacked
from modelyard.catalog.records.quality import Figure
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.serving.samples import Send, as_field, message
from modelyard.tasks.task import Task

_OK = 200


@dataclass(frozen=True)
class _Tried:
    item: Item
    attempt: Attempt | None
    asked: int


def method_of(task: str) -> ModuleType:
    """The file with the attack on a task.

    Raises:
        ModelyardError: There is none.
    """
    if task not in shelf.names(attacks):
        known = " and ".join(shelf.names(attacks))
        raise ModelyardError(f"there is no attack on {task}: there are attacks on {known}")
    return shelf.take(attacks, task, "attack on the task")[0]


def attack(
    asset: Asset, items: Sequence[Item], send: Send, queries: int, seed: int, told: Callable[[int, int], None]
) -> Attacked:
    """Attacks a model, item by item. The same seed asks the same.

    Args:
        asset: The asset.
        items: Labelled items, whose truths are names of classes.
        send: The road to its model.
        queries: How often the model may be asked about one item.
        seed: What chance begins with.
        told: Gets the number of items that are done, and of all.

    Raises:
        ModelyardError: There is no attack on its task, or an item is refused as it is.
    """
    method, task = method_of(asset.task), tasks.load(asset.task)
    tried = []
    for number, item in enumerate(items):
        tried.append(_try(item, method, task, send, queries, seed))
        told(number + 1, len(items))
    right = [one for one in tried if one.attempt is not None]
    broken = [one for one in right if one.attempt is not None and one.attempt.data is not None]
    paper = (method.__doc__ or "").strip().splitlines()[0].rstrip(".")
    return Attacked(
        name=asset.name,
        version=asset.version,
        method=paper,
        bound=method.BOUND,
        seed=seed,
        queries=queries,
        n=len(tried),
        accuracy=_share(len(right), len(tried)),
        robust_accuracy=_share(len(right) - len(broken), len(tried)),
        asked=statistics.fmean(one.asked for one in broken) if broken else None,
        distortion=statistics.fmean(one.attempt.distortion for one in broken if one.attempt) if broken else None,
        broken=[one.item.name for one in broken],
    )


def _try(item: Item, method: ModuleType, task: Task[Any, Any], send: Send, queries: int, seed: int) -> _Tried:
    given = {name: as_field(value) for name, value in item.parameters.items()}

    def ask(data: bytes) -> Mapping[str, float]:
        code, body = send(data, given)
        found: Mapping[str, float] = method.scores(task.parse(body)) if code == _OK else {}
        return found

    oracle = Oracle(ask, queries)
    if not oracle.scores(item.data):
        raise ModelyardError(f"the labelled item {item.name!r} is refused: {message(send(item.data, given)[1])}")
    if not oracle.is_right(item.data, item.truth):
        return _Tried(item, None, oracle.used)
    chance = np.random.default_rng([seed, zlib.crc32(item.name.encode())])
    return _Tried(item, method.attack(item.data, item.truth, oracle, chance), oracle.used)


def _share(some: int, of: int) -> Figure:
    ends = binomtest(some, of).proportion_ci()
    return Figure(value=some / of, low=float(ends.low), high=float(ends.high))
