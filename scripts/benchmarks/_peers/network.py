"""The asset's own pipeline in a peer's process: its preprocessing, its network as the peer is given it, its answer.

A peer gets the network as a SavedModel, which TensorFlow runs, or as a LiteRT file, which an interpreter of each of its
threads runs. What it reads of its environment is what ../peers.py sets.
"""

from __future__ import annotations

import importlib
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


class Classifier:
    """The image classifier, loaded and warm."""

    def __init__(self) -> None:
        from modelyard.image import Image

        folder = Path(os.environ["BENCH_ASSET"])
        module, name = os.environ["BENCH_PIPELINE"].split(":")
        labels = (folder / "labels.txt").read_text("utf-8").splitlines()
        sys.path.insert(0, str(folder))
        runtime: Any = SimpleNamespace(load=_load)
        self._image = Image
        self._pipeline = getattr(importlib.import_module(module), name)(runtime, labels)
        self._pipeline.load(Path(os.environ["BENCH_WEIGHTS"]))
        for size in {1, int(os.environ.get("BENCH_BATCH", "1"))}:
            self.infer(np.zeros((size, 224, 224, 3), np.float32))

    def __call__(self, file: bytes) -> dict[str, Any]:
        """From a JPEG file to the body of the answer."""
        return self.answer(self.infer(self.prepare(file)))

    def prepare(self, file: bytes) -> NDArray[Any]:
        """From a JPEG file to what the network takes, a batch of one."""
        (tensor,) = self._pipeline.preprocess(self._image.parse(file)).values()
        return np.asarray(tensor)

    def infer(self, batch: NDArray[Any]) -> NDArray[Any]:
        """What the network says of a batch."""
        (scores,) = self._pipeline.model({self._pipeline.model.inputs[0].name: batch}).values()
        return np.asarray(scores)

    def answer(self, scores: NDArray[Any]) -> dict[str, Any]:
        """From the scores of a batch of one to the body of the answer."""
        said = self._pipeline.postprocess({"scores": scores}, None)
        return {
            "status": "ok",
            "predictions": [
                {"label_id": str(number), "label": label, "probability": probability}
                for number, label, probability in zip(said.classes, said.labels, said.probabilities, strict=True)
            ],
        }


def _load(path: Path) -> Any:
    threads = int(os.environ["BENCH_THREADS"])
    return _LiteRT(path / "model.tflite", threads) if os.environ["BENCH_NETWORK"] == "litert" else _saved(path, threads)


def _saved(path: Path, threads: int) -> Any:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    loaded = tf.saved_model.load(str(path))
    function = loaded.signatures["serving_default"]
    (name,) = function.structured_input_signature[1]

    class Saved:
        kept = loaded
        inputs = (SimpleNamespace(name=name),)

        def __call__(self, tensors: dict[str, Any]) -> dict[str, Any]:
            return {key: value.numpy() for key, value in function(**{name: tf.constant(tensors[name])}).items()}

    return Saved()


class _LiteRT:
    inputs = (SimpleNamespace(name="images"),)

    def __init__(self, file: Path, threads: int) -> None:
        self._file, self._threads = file, threads
        self._mine = threading.local()

    def __call__(self, tensors: dict[str, Any]) -> dict[str, Any]:
        (batch,) = tensors.values()
        interpreter = self._interpreter(batch.shape)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], batch)
        interpreter.invoke()
        return {"scores": interpreter.get_tensor(interpreter.get_output_details()[0]["index"])}

    def _interpreter(self, shape: tuple[int, ...]) -> Any:
        """This thread's, for batches of that shape; each shape has one, so that none plans its memory anew."""
        from ai_edge_litert.interpreter import Interpreter

        kept = self._mine.__dict__.setdefault("kept", {})
        if shape not in kept:
            made = Interpreter(str(self._file), num_threads=self._threads)
            made.resize_tensor_input(made.get_input_details()[0]["index"], shape)
            made.allocate_tensors()
            kept[shape] = made
        return kept[shape]
