"""LiteRT (TensorFlow Lite): small, quick to start, and on a processor faster than TensorFlow.

A LiteRT interpreter serves one thread at a time, so the handle lends interpreters from a pool. Each of
them keeps memory of its own for the network's intermediate results (the weights are mapped once, but also
packed for the processor once per interpreter), so all but the first are opened when they are first needed.

Sizes that the network leaves open (-1) follow the input; an interpreter that last saw the same sizes is
preferred, because new ones make it plan its memory again.
"""

from __future__ import annotations

import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from modelyard.caller import current
from modelyard.errors import ModelyardError
from modelyard.runtimes.batching import MOST_ITEMS
from modelyard.runtimes.pool import Pool
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec, check

_FILE = "model.tflite"
_MOST_AT_ONCE = 8

Shapes = tuple[tuple[int, ...], ...]


class LiteRT:
    """Loads `.tflite` files."""

    name = "litert"

    def __init__(self, threads: int, queue: int) -> None:
        self.version = version("ai-edge-litert")
        # While every core computes, two more decode what comes next.
        self.callers = threads + 2
        self._threads = threads
        self._queue = queue

    def load(self, path: Path, *, most: int = MOST_ITEMS) -> LiteRTModel:
        """A handle on `path`, or on `path/model.tflite`; it computes each call on its own, whatever `most` says."""
        file = path / _FILE if path.is_dir() else path
        if not file.is_file():
            raise ModelyardError(f"{file}: no LiteRT file is there; check `weights` in asset.yaml")
        return LiteRTModel(file, self._threads, self._queue)


class LiteRTModel:
    """A network that many threads may call at once."""

    def __init__(self, file: Path, threads: int, queue: int) -> None:
        ladder = [[_Worker(file, width) for _ in range(count)] for count, width in rungs(threads)]
        self.inputs, self.outputs = ladder[0][0].open()
        self._pool = Pool(ladder, queue)

    @property
    def waiting(self) -> int:
        """Calls that wait for an interpreter right now."""
        return self._pool.waiting

    def __call__(self, tensors: Tensors) -> Tensors:
        """The network's outputs for these inputs."""
        check(tensors, self.inputs)
        observe = current().observe
        shapes = tuple(tensors[spec.name].shape for spec in self.inputs)
        arrived = time.perf_counter()

        def compute(worker: _Worker) -> tuple[Tensors, float, float]:
            started = time.perf_counter()
            return worker.run(tensors, shapes), started, time.perf_counter()

        outputs, started, ended = self._pool.run(compute, lambda worker: worker.shapes == shapes)
        observe("queue", started - arrived)
        observe("infer", ended - started)
        observe("batch_size", max((shape[0] for shape in shapes if shape), default=1))
        return outputs


def rungs(threads: int) -> list[tuple[int, int]]:
    """How many interpreters, with how many threads each, stand on each rung of the pool's ladder.

    One with all of them, two with half of them each, and so on, down to a thread each where so many
    interpreters don't take too much memory.
    """
    narrowest = -(-threads // _MOST_AT_ONCE)
    most = threads // narrowest
    found = []
    count = 1
    while count < most and threads // count > narrowest:
        found.append((count, threads // count))
        count *= 2
    return [*found, (most, narrowest)]


class _Worker:
    """One interpreter; one thread at a time."""

    def __init__(self, file: Path, threads: int) -> None:
        self._file = file
        self._threads = threads
        self._interpreter: Any = None
        self._inputs: list[tuple[int, str]] = []
        self._outputs: list[tuple[int, str]] = []
        self.shapes: Shapes | None = None

    def open(self) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
        """Opens the file; what the network takes and what it gives."""
        try:
            interpreter = Interpreter(str(self._file), num_threads=self._threads)
            inputs = _signature(interpreter, "input")
            outputs = _signature(interpreter, "output")
        except (ValueError, RuntimeError) as error:
            raise ModelyardError(f"{self._file}: LiteRT can't read it ({error})") from None
        self._inputs = [(index, spec.name) for index, spec in inputs]
        self._outputs = [(index, spec.name) for index, spec in outputs]
        self._interpreter = interpreter
        return tuple(spec for _, spec in inputs), tuple(spec for _, spec in outputs)

    def run(self, tensors: Tensors, shapes: Shapes) -> Tensors:
        """The outputs; `shapes` are those of the inputs."""
        if self._interpreter is None:
            self.open()
        try:
            return self._run(tensors, shapes)
        except (ValueError, RuntimeError) as error:
            # What state this left it in is not documented: the next call gets a fresh one.
            self._interpreter = None
            self.shapes = None
            raise NetworkError(error) from None

    def _run(self, tensors: Tensors, shapes: Shapes) -> Tensors:
        interpreter = self._interpreter
        if shapes != self.shapes:
            self.shapes = None
            for (index, _), shape in zip(self._inputs, shapes, strict=True):
                interpreter.resize_tensor_input(index, shape)
            interpreter.allocate_tensors()
            self.shapes = shapes
        # Nothing that a network remembers may reach the next caller.
        interpreter.reset_all_variables()
        for index, name in self._inputs:
            interpreter.set_tensor(index, tensors[name])
        interpreter.invoke()
        return {name: interpreter.get_tensor(index) for index, name in self._outputs}


def create(*, threads: int, queue: int) -> LiteRT:
    """The runtime; `threads` cores are shared by its interpreters."""
    return LiteRT(threads, queue)


def _signature(interpreter: Any, side: str) -> list[tuple[int, TensorSpec]]:
    """The tensors of one side by index, under their names in the signature, where the file has one."""
    if interpreter.get_signature_list():
        runner = interpreter.get_signature_runner()
        details = getattr(runner, f"get_{side}_details")()
    else:
        details = {one["name"]: one for one in getattr(interpreter, f"get_{side}_details")()}
    return [
        (int(one["index"]), TensorSpec(name, tuple(int(n) for n in one["shape_signature"]), _dtype(one["dtype"])))
        for name, one in details.items()
    ]


def _dtype(declared: Any) -> np.dtype[Any]:
    """The type of the elements; LiteRT says `bytes_` of strings, which it takes and gives as objects."""
    return np.dtype(object) if declared is np.bytes_ else np.dtype(declared)
