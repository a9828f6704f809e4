"""A small model, asked over the Open Inference Protocol without a server."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import PIL.Image
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from modelyard import Image, Parameter, Pipeline, Segmentation, Tensors, tasks
from modelyard.manifest.asset import ServedAsset
from modelyard.parameters import parameters_of
from modelyard.serving.app import create_app
from modelyard.serving.served import Deployment, Place, Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State
from modelyard.tensors import Array, TensorSpec, check

INFER = "/v2/models/small/infer"
HEADER = "Inference-Header-Content-Length"

DTYPES: dict[str, Any] = {
    "BOOL": np.bool_, "UINT8": np.uint8, "UINT16": np.uint16, "UINT32": np.uint32, "UINT64": np.uint64,
    "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64,
    "FP16": np.float16, "FP32": np.float32, "FP64": np.float64, "BYTES": np.object_,
}  # fmt: skip


class Network:
    """A network that applies one function to its only input `x` and answers with it in `y`, and its size in `n`."""

    waiting = 0

    def __init__(self, dtype: Any, shape: tuple[int, ...], does: Callable[[Array], Array]) -> None:
        self.inputs: tuple[TensorSpec, ...] = (TensorSpec("x", shape, np.dtype(dtype)),)
        self.outputs: tuple[TensorSpec, ...] = (
            TensorSpec("y", shape, np.dtype(dtype)),
            TensorSpec("n", (1,), np.dtype(np.int64)),
        )
        self.does = does
        self.seen: list[Array] = []

    def __call__(self, tensors: Tensors) -> Tensors:
        check(tensors, self.inputs)
        x = tensors["x"]
        self.seen.append(x)
        return {"y": self.does(x), "n": np.array([x.size])}


def doubling(dtype: Any = np.float32, shape: tuple[int, ...] = (-1, -1)) -> Network:
    """Answers with twice of what it is given."""

    def double(x: Array) -> Array:
        with np.errstate(over="ignore"):
            return x + x

    return Network(dtype, shape, double)


def echoing(dtype: Any, rank: int) -> Network:
    """Answers with what it is given."""
    return Network(dtype, (-1,) * rank, lambda x: x)


class Thresholded(Pipeline[Image, Segmentation]):
    """Marks the pixels brighter than a threshold."""

    def load(self, weights: Path) -> None:
        pass

    def preprocess(self, image: Image) -> Tensors:
        return {"pixels": image.pixels()}

    def infer(self, tensors: Tensors) -> Tensors:
        return tensors

    def postprocess(
        self, tensors: Tensors, image: Image, *, threshold: Annotated[int, Parameter("how bright", 0, 255)] = 127
    ) -> Segmentation:
        return Segmentation((tensors["pixels"].mean(axis=2) > threshold).astype(np.uint8))


def served(network: Any = None) -> Served:
    """A model of the task image-segmentation, with the network if one is given."""
    asset = ServedAsset.model_validate(
        {
            "name": "small", "version": "1.2.3", "title": "Small", "summary": "Marks bright pixels.",
            "task": "image-segmentation", "license": "Apache-2.0", "source": "here", "pipeline": "pipeline:Thresholded",
            "variants": {"cpu": "litert"}, "weights": [],
            "samples": [{"input": "a.png", "expected": "a.expected.png", "license": "CC0-1.0", "origin": "made here"}],
        }
    )  # fmt: skip
    runtime: Any = SimpleNamespace(name="litert", version="0")
    pipeline = Thresholded(runtime)
    if network is not None:
        pipeline.model = network
    nowhere = Path("/nowhere")
    return Served(
        place=Place(nowhere, nowhere, nowhere, "local"),
        deployment=Deployment(asset=asset, variant="cpu", runtime="litert"),
        task=tasks.load("image-segmentation"),
        pipeline=pipeline,
        parameters=parameters_of(pipeline.postprocess),
        labels=(),
    )


def client_of(network: Any = None, state: State | None = None, **settings: Any) -> FlaskClient:
    """Asks a model with that network."""
    return create_app(served(network), Settings(**settings), state).test_client()


def tensor(data: Any, shape: list[Any] | None = None, datatype: Any = "FP32", **others: Any) -> dict[str, Any]:
    """The input `x` as JSON has it."""
    return {
        "name": "x",
        "shape": [1, len(data)] if shape is None else shape,
        "datatype": datatype,
        "data": data,
        **others,
    }


def infer(client: FlaskClient, *inputs: Any, **others: Any) -> TestResponse:
    """Sends an inference request."""
    return client.post(INFER, json={"inputs": list(inputs), **others})


def infer_binary(
    client: FlaskClient, inputs: list[dict[str, Any]], binary: bytes, length: Any = None, **others: Any
) -> TestResponse:
    """Sends an inference request with binary tensors behind its JSON."""
    header = json.dumps({"inputs": inputs, **others}).encode()
    length = len(header) if length is None else length
    return client.post(INFER, data=header + binary, headers={HEADER: str(length)})


def said(response: TestResponse, code: int = 400) -> str:
    """The message of an error, held to the protocol's shape."""
    assert response.status_code == code, response.text[:500]
    assert response.mimetype == "application/json"
    assert response.json is not None
    assert list(response.json) == ["error"]
    message = response.json["error"]
    assert isinstance(message, str)
    assert 10 < len(message) <= 501
    return message


def picture(brightness: int = 200) -> bytes:
    """A picture of 4 × 3 pixels, its left half black."""
    pixels = np.zeros((3, 4, 3), np.uint8)
    pixels[:, 2:] = brightness
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
