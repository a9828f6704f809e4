"""Whatever comes in whatever order: the answer is that of the call alone, and no batch breaks the rules."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.runtimes.batching import Batcher
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec

PATIENCE = 30
INPUTS = (TensorSpec("x", (-1, -1), np.dtype(np.float32)), TensorSpec("k", (-1,), np.dtype(np.int64)))
OUTPUTS = (TensorSpec("y", (-1, -1), np.dtype(np.float32)), TensorSpec("n", (-1,), np.dtype(np.int64)))
FINISH = "one run finishes"


@dataclass(frozen=True)
class Call:
    rows: int
    width: int
    poison: bool

    def tensors(self, number: int) -> Tensors:
        """No two calls send the same."""
        x = np.arange(self.rows * self.width, dtype=np.float32).reshape(self.rows, self.width) + 1000 * (number + 1)
        return {"x": -x if self.poison else x, "k": np.full(self.rows, number)}


calls = st.builds(Call, rows=st.integers(0, 5), width=st.integers(1, 2), poison=st.sampled_from([False] * 6 + [True]))


def network(tensors: Tensors) -> Tensors:
    x = tensors["x"]
    if (x < 0).any():
        raise NetworkError("it is negative")
    return {"y": np.sqrt(x) + tensors["k"][:, np.newaxis], "n": tensors["k"] * 3}


class Gated:
    """The network, which ends its runs when it is told to."""

    def __init__(self) -> None:
        self.runs: list[Tensors] = []
        self.gate = threading.Semaphore(0)

    def __call__(self, tensors: Tensors) -> Tensors:
        self.runs.append(tensors)
        assert self.gate.acquire(timeout=PATIENCE)
        return network(tensors)


def equal(got: Tensors, want: Tensors) -> bool:
    return got.keys() == want.keys() and all(np.array_equal(got[name], want[name]) for name in want)


@given(
    steps=st.lists(calls | st.just(FINISH), max_size=24),
    most=st.integers(1, 8),
    lanes=st.integers(1, 3),
)
@settings(max_examples=80, deadline=None)
def test_batched_equals_single(steps: list[Any], most: int, lanes: int) -> None:
    gated = Gated()
    batcher = Batcher(gated, INPUTS, OUTPUTS, queue=1000, lanes=lanes, most=most)
    gated.gate.release()
    batcher(Call(1, 1, poison=False).tensors(0))
    gated.runs.clear()

    asked: list[tuple[Call, Tensors, Future[Tensors]]] = []
    with ThreadPoolExecutor(len(steps) + 1) as pool:
        for number, step in enumerate(steps):
            if isinstance(step, Call):
                tensors = step.tensors(number)
                asked.append((step, tensors, pool.submit(batcher, tensors)))
            else:
                gated.gate.release()
        gated.gate.release(1000)
        for call, tensors, future in asked:
            if call.poison and call.rows:
                assert isinstance(future.exception(PATIENCE), NetworkError)
            else:
                assert equal(future.result(PATIENCE), network(tensors))

    assert batcher.waiting == 0
    for run in gated.runs:
        assert len(run["x"]) <= most
    computed = [number for run in gated.runs if (run["x"] >= 0).all() for number in run["k"].tolist()]
    good = [number for call, tensors, _ in asked if not call.poison for number in tensors["k"].tolist()]
    assert sorted(computed) == sorted(good), "good rows are computed once"
