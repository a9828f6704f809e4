"""ONNX Runtime: runs `.onnx` files, on a processor, or on a GPU where the installed package offers it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

# It would send what it runs on, and which networks, to its makers; a container sends nothing to anybody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as native

from modelyard.errors import BadInput, ModelyardError
from modelyard.runtimes.batching import MOST_ITEMS, Batcher, lanes_for
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Array, Tensors, TensorSpec, check

_FILE = "model.onnx"
_PROVIDERS = ("CUDAExecutionProvider", "CPUExecutionProvider")
_FATAL = 4
_STRING = "tensor(string)"
_TYPES = {
    "tensor(bool)": np.bool_,
    "tensor(double)": np.float64,
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int16)": np.int16,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(int8)": np.int8,
    "tensor(uint16)": np.uint16,
    "tensor(uint32)": np.uint32,
    "tensor(uint64)": np.uint64,
    "tensor(uint8)": np.uint8,
    _STRING: np.object_,
}
_FAILURES = (
    native.Fail,
    native.InvalidArgument,
    native.InvalidGraph,
    native.InvalidProtobuf,
    native.NotImplemented,
    native.RuntimeException,
)


class OnnxRuntime:
    """Loads `.onnx` files."""

    name = "onnxruntime"

    def __init__(self, threads: int, queue: int) -> None:
        self.version = str(ort.__version__)
        self.callers = MOST_ITEMS // 2
        self._threads = threads
        self._queue = queue

    def load(self, path: Path, *, most: int = MOST_ITEMS) -> OnnxModel:
        """A handle on `path`, or on `path/model.onnx`."""
        file = path / _FILE if path.is_dir() else path
        if not file.is_file():
            raise ModelyardError(f"{file}: no ONNX file is there; check `weights` in asset.yaml")
        options = ort.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        # Threads that spin while they have nothing to do take the cores from whoever decodes the next request.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = _FATAL  # the rest is raised, and would be said twice
        providers = [one for one in _PROVIDERS if one in ort.get_available_providers()]
        try:
            session = ort.InferenceSession(str(file), options, providers=providers)
        except _FAILURES as error:
            raise ModelyardError(f"{file}: ONNX Runtime can't read it ({error})") from None
        return OnnxModel(session, file, self._threads, self._queue, most)


class OnnxModel:
    """A network that many threads may call at once."""

    def __init__(self, session: Any, file: Path, threads: int, queue: int, most: int) -> None:
        self._session = session
        self.inputs = tuple(_spec(one, file) for one in session.get_inputs())
        # What classifiers of other libraries add, a list of mappings, is no tensor and nobody's to ask for.
        self.outputs = tuple(_spec(one, file) for one in session.get_outputs() if one.type in _TYPES)
        self._names = [spec.name for spec in self.outputs]
        lanes = lanes_for(self.inputs, self.outputs, threads)
        self._batcher = Batcher(self._run, self.inputs, self.outputs, queue=queue, lanes=lanes, most=most)

    @property
    def waiting(self) -> int:
        """Items that wait for the network right now."""
        return self._batcher.waiting

    def __call__(self, tensors: Tensors) -> Tensors:
        """The network's outputs for these inputs."""
        check(tensors, self.inputs)
        return self._batcher({name: _text(name, array) for name, array in tensors.items()})

    def _run(self, tensors: Tensors) -> Tensors:
        try:
            values = self._session.run(self._names, tensors)
        except _FAILURES as error:
            raise NetworkError(_reason(error)) from None
        return {name: _bytes(value) for name, value in zip(self._names, values, strict=True)}


def create(*, threads: int, queue: int) -> OnnxRuntime:
    """The runtime; each network computes on `threads` cores."""
    return OnnxRuntime(threads, queue)


def _spec(declared: Any, file: Path) -> TensorSpec:
    if declared.type not in _TYPES:
        raise ModelyardError(f"{file}: {declared.name!r} is a {declared.type}: numpy has no such type, export another")
    shape = tuple(size if isinstance(size, int) else -1 for size in declared.shape)
    return TensorSpec(declared.name, shape, np.dtype(_TYPES[declared.type]))


def _reason(error: Exception) -> str:
    """What is wrong; before it stands which of the runtime's functions says so."""
    return str(error).rpartition("Status Message: ")[2]


def _text(name: str, array: Array) -> Array:
    """ONNX's strings are Unicode; bytes would be taken for what Python prints of them."""
    if array.dtype != object:
        return array
    try:
        return _each(array, lambda one: (one if isinstance(one, bytes) else one.encode()).decode())
    except UnicodeError as error:
        raise BadInput(f"input {name!r} is no UTF-8 text ({error})") from None


def _bytes(array: Array) -> Array:
    return _each(array, str.encode) if array.dtype == object else array


def _each(array: Array, convert: Callable[[Any], object]) -> Array:
    return np.fromiter((convert(one) for one in array.flat), object, array.size).reshape(array.shape)
