"""TensorFlow: runs SavedModels, on a processor or a GPU."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from modelyard.errors import ModelyardError
from modelyard.runtimes.batching import MOST_ITEMS, Batcher, lanes_for
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec, check

# TensorFlow's native log would break the one-JSON-line-each log of the server.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# One of its test modules looks for a place to write to when it is imported, and a read-only container has none.
os.environ.setdefault("TEST_TMPDIR", "/tmp")  # noqa: S108  # nothing is ever written there
import tensorflow as tf

_SIGNATURE = "serving_default"
# What kernels say of tensors that they can't work on.
_FAILURES = (tf.errors.InvalidArgumentError, tf.errors.OutOfRangeError, tf.errors.UnimplementedError)


class TensorFlow:
    """Loads SavedModel folders."""

    name = "tensorflow"

    def __init__(self, threads: int, queue: int) -> None:
        self.version = str(tf.__version__)
        self.callers = MOST_ITEMS // 2
        self._threads = threads
        self._queue = queue
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        # With a single one, two calls would take turns even on a machine with many cores.
        tf.config.threading.set_inter_op_parallelism_threads(max(2, threads))
        for device in tf.config.list_physical_devices("GPU"):
            # Several containers share a GPU only if none takes all of its memory at once.
            tf.config.experimental.set_memory_growth(device, True)

    def load(self, path: Path, *, most: int = MOST_ITEMS) -> TensorFlowModel:
        """A handle on the SavedModel in the folder."""
        if not (path / "saved_model.pb").is_file():
            raise ModelyardError(f"{path}: no SavedModel is there; check `weights` in asset.yaml")
        loaded = tf.saved_model.load(str(path))
        if _SIGNATURE not in loaded.signatures:
            raise ModelyardError(f"{path}: the SavedModel has no signature {_SIGNATURE!r}; export it with one")
        return TensorFlowModel(loaded, path, self._threads, self._queue, most)


class TensorFlowModel:
    """A network that many threads may call at once."""

    def __init__(self, loaded: Any, path: Path, threads: int, queue: int, most: int) -> None:
        self._loaded = loaded  # keeps the variables alive
        self._function = loaded.signatures[_SIGNATURE]
        inputs = self._function.structured_input_signature[1]
        for name, spec in inputs.items():
            if spec.shape.rank is None:
                raise ModelyardError(f"{path}: input {name!r} has no shape; export the SavedModel with one")
        self.inputs = _specs(inputs)
        self.outputs = _specs(self._function.structured_outputs)
        lanes = lanes_for(self.inputs, self.outputs, threads)
        self._batcher = Batcher(self._run, self.inputs, self.outputs, queue=queue, lanes=lanes, most=most)

    @property
    def waiting(self) -> int:
        """Items that wait for the network right now."""
        return self._batcher.waiting

    def __call__(self, tensors: Tensors) -> Tensors:
        """The network's outputs for these inputs."""
        check(tensors, self.inputs)
        return self._batcher(tensors)

    def _run(self, tensors: Tensors) -> Tensors:
        # Measured: the signature takes arrays as they are, too, and is slower with them.
        arguments = {name: tf.constant(array) for name, array in tensors.items()}
        try:
            return {name: value.numpy() for name, value in self._function(**arguments).items()}
        except _FAILURES as error:
            raise NetworkError(_reason(error.message)) from None
        except tf.errors.ResourceExhaustedError as error:
            # One tensor is too large to be had; the process serves on.
            raise MemoryError(_reason(error.message)) from None


def create(*, threads: int, queue: int) -> TensorFlow:
    """The runtime; TensorFlow schedules its operations on `threads` cores."""
    return TensorFlow(threads, queue)


def _specs(signature: dict[str, Any]) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(name, _shape(spec.shape), np.dtype(spec.dtype.as_numpy_dtype))
        for name, spec in sorted(signature.items())
    )


def _shape(declared: Any) -> tuple[int, ...]:
    """An output may have any number of axes; all that is known then is that it has rows."""
    return (-1,) if declared.rank is None else tuple(-1 if n is None else int(n) for n in declared)


def _reason(message: str) -> str:
    """The line that says what is wrong; it stands above the name of the operation."""
    found = re.search(r"(.+)\n\s*\[\[\{\{node ", message)
    return found[1] if found else message
