"""A network that is told when to go on, for what batching promises."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np

from modelyard.runtimes.batching import Batcher
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec

PATIENCE = 30
FLOAT = np.dtype(np.float32)
OPEN = (TensorSpec("x", (-1, -1), FLOAT),)
ANSWER = (TensorSpec("y", (-1, -1), FLOAT),)
FIXED = (TensorSpec("x", (1, -1), FLOAT),)


def rows(*values: float, width: int = 1, dtype: Any = np.float32) -> Tensors:
    return {"x": np.repeat(np.array(values, dtype)[:, np.newaxis], width, axis=1)}


class Network:
    """Doubles, and fails on what is negative. Once held, it waits in each run until it is told to go on."""

    def __init__(self) -> None:
        self.runs: list[list[float]] = []
        self.threads: list[int] = []
        self._held = False
        self._entered = threading.Semaphore(0)
        self._may_leave = threading.Semaphore(0)

    def __call__(self, tensors: Tensors) -> Tensors:
        x = tensors["x"]
        self.runs.append(x[:, 0].tolist())
        self.threads.append(threading.get_ident())
        if self._held:
            self._entered.release()
            assert self._may_leave.acquire(timeout=PATIENCE)
        if (x < 0).any():
            raise NetworkError("it is negative")
        return {"y": x * 2}

    def hold(self) -> None:
        self._held = True

    def entered(self) -> None:
        """Waits until a run has begun."""
        assert self._entered.acquire(timeout=PATIENCE)

    def go_on(self, runs: int = 1) -> None:
        for _ in range(runs):
            self._may_leave.release()

    def let_go(self) -> None:
        self._held = False
        self.go_on(100)


def batcher(network: Callable[[Tensors], Tensors], **changes: Any) -> Batcher:
    """One lane, warm: a first call has been answered."""
    options = {"inputs": OPEN, "outputs": ANSWER, "queue": 32, "lanes": 1, **changes}
    found = Batcher(network, **options)
    found(rows(0))
    if isinstance(network, Network):
        network.runs.clear()
        network.threads.clear()
        network.hold()
    return found


def values(future: Future[Any]) -> list[float]:
    found: list[float] = future.result(PATIENCE)["y"][:, 0].tolist()
    return found
