"""What the protocol's clients may ask about the server and its model."""

from __future__ import annotations

from typing import Any

from modelyard.serving.inference_protocol.datatypes import datatype_of
from modelyard.serving.inference_protocol.signature import Signature, Way
from modelyard.serving.served import Served
from modelyard.tensors import TensorSpec
from modelyard.version import VERSION

EXTENSIONS = ("binary_tensor_data",)

_PLATFORMS = {
    "tensorflow": "tensorflow_savedmodel",
    "onnxruntime": "onnxruntime_onnx",
}
"""Where the protocol has a name of its own for what a runtime loads."""


def of_server() -> dict[str, Any]:
    """Name, version and extensions of this server."""
    return {"name": "modelyard", "version": VERSION, "extensions": list(EXTENSIONS)}


def of_model(served: Served, signature: Signature) -> dict[str, Any]:
    """What the model takes and gives.

    The protocol lists all inputs as if each were required. Here they may belong to two ways of asking: the
    parameter `way` of each input and output says to which, and a request sends the inputs of one way.
    """
    runtime = served.deployment.runtime
    media_types = ", ".join(served.task.input.media_types)
    return {
        "name": served.asset.name,
        "versions": [served.asset.version],
        "platform": _PLATFORMS.get(runtime, runtime),
        "inputs": [
            _tensor(spec, way, {"content": f"one encoded file an element: {media_types}"})
            for way in signature.ways
            for spec in way.inputs
        ],
        "outputs": [
            _tensor(spec, way, {"content": "what /model/predict answers for the file, as JSON"})
            for way in signature.ways
            for spec in way.outputs
        ],
        "parameters": {one.name: one.default for one in served.parameters},
    }


def _tensor(spec: TensorSpec, way: Way, file: dict[str, str]) -> dict[str, Any]:
    return {
        "name": spec.name,
        "datatype": datatype_of(spec.dtype),
        "shape": list(spec.shape),
        "parameters": {"way": way.to, **(file if way.to == "pipeline" else {})},
    }
