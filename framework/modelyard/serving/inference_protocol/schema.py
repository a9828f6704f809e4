"""The protocol's bodies as JSON Schema (the part of it that Swagger 2.0 knows), with examples that work."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import PIL.Image

from modelyard.serving.inference_protocol import metadata
from modelyard.serving.inference_protocol.datatypes import names
from modelyard.serving.inference_protocol.signature import Signature
from modelyard.serving.served import Served

Schema = dict[str, Any]

_LARGEST_SAMPLE = 4_000

_PARAMETERS: Schema = {"type": "object", "additionalProperties": True}
_SHAPE: Schema = {"type": "array", "items": {"type": "integer"}}
_DATATYPE: Schema = {"type": "string", "enum": names()}
_DATA: Schema = {"type": "array", "items": {}, "description": "Values in row-major order, flat or nested as the shape."}


def error() -> Schema:
    """An error."""
    return _object(
        {"error": {"type": "string", "description": "what is wrong and what to send instead"}},
        example={"error": "input 'x' is missing: this model takes 'x'"},
    )


def live() -> Schema:
    """Whether the server is alive."""
    return _object({"live": {"type": "boolean"}}, example={"live": True})


def ready() -> Schema:
    """Whether the server is ready."""
    return _object({"ready": {"type": "boolean"}}, example={"ready": True})


def model_ready(served: Served) -> Schema:
    """Whether the model is ready."""
    properties: Schema = {"name": {"type": "string"}, "ready": {"type": "boolean"}}
    return _object(properties, example={"name": served.asset.name, "ready": True})


def server() -> Schema:
    """The server."""
    properties: Schema = {
        "name": {"type": "string"},
        "version": {"type": "string"},
        "extensions": {"type": "array", "items": {"type": "string"}},
    }
    return _object(properties, example=metadata.of_server())


def model(served: Served, signature: Signature) -> Schema:
    """The model."""
    tensors: Schema = {
        "type": "array",
        "items": _object(
            {
                "name": {"type": "string"},
                "datatype": _DATATYPE,
                "shape": {**_SHAPE, "description": "Sizes of the axes, -1 where any size will do."},
                "parameters": {**_PARAMETERS, "description": "`way`: the way of asking that it belongs to."},
            }
        ),
    }
    properties: Schema = {
        "name": {"type": "string"},
        "versions": {"type": "array", "items": {"type": "string"}},
        "platform": {"type": "string", "description": "what executes the network"},
        "inputs": {**tensors, "description": "The inputs of every way of asking; a request sends those of one."},
        "outputs": {**tensors, "description": "The outputs of every way of asking."},
        "parameters": {**_PARAMETERS, "description": "The pipeline's request parameters and their defaults."},
    }
    return _object(properties, example=metadata.of_model(served, signature))


def request(served: Served, signature: Signature) -> Schema:
    """An inference request."""
    given = _object(
        {
            "name": {"type": "string"},
            "shape": {**_SHAPE, "description": "Sizes of the axes, each 1 or more."},
            "datatype": _DATATYPE,
            "parameters": {
                **_PARAMETERS,
                "description": (
                    '`"content_type": "base64"`: the texts of a BYTES input are base64. '
                    "`binary_data_size`: bytes of this input behind the JSON, instead of `data`."
                ),
            },
            "data": _DATA,
        },
        optional=("parameters", "data"),
    )
    wanted = _object(
        {
            "name": {"type": "string"},
            "parameters": {**_PARAMETERS, "description": "`binary_data`: whether to answer it behind the JSON."},
        },
        optional=("parameters",),
    )
    properties: Schema = {
        "id": {"type": "string", "description": "comes back in the answer"},
        "parameters": {
            **_PARAMETERS,
            "description": "`binary_data_output`: whether to answer all outputs behind the JSON. "
            + _parameters_of(served),
        },
        "inputs": {"type": "array", "minItems": 1, "items": given},
        "outputs": {"type": "array", "items": wanted, "description": "Those to answer with; all if left out."},
    }
    (file,) = signature.ways[0].inputs
    text = base64.b64encode(_example_file(served)).decode()
    example = {
        "id": "1",
        "inputs": [
            {
                "name": file.name,
                "shape": [1],
                "datatype": "BYTES",
                "parameters": {"content_type": "base64"},
                "data": [text],
            }
        ],
    }
    return _object(properties, optional=("id", "parameters", "outputs"), example=example)


def answer(served: Served, signature: Signature) -> Schema:
    """An inference answer."""
    output = _object(
        {
            "name": {"type": "string"},
            "datatype": _DATATYPE,
            "shape": _SHAPE,
            "parameters": {**_PARAMETERS, "description": "`binary_data_size`: its bytes behind the JSON."},
            "data": {"type": "array", "items": {}, "description": "Values in row-major order, flat."},
        },
        optional=("parameters", "data"),
    )
    properties: Schema = {
        "model_name": {"type": "string"},
        "model_version": {"type": "string"},
        "id": {"type": "string"},
        "outputs": {"type": "array", "items": output},
    }
    (prediction,) = signature.ways[0].outputs
    example = {
        "model_name": served.asset.name,
        "model_version": served.asset.version,
        "id": "1",
        "outputs": [{"name": prediction.name, "datatype": "BYTES", "shape": [1], "data": ['{"status":"ok", …}']}],
    }
    return _object(properties, optional=("id",), example=example)


def _object(properties: Schema, *, optional: tuple[str, ...] = (), example: Any = None) -> Schema:
    schema: Schema = {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }
    return schema if example is None else {**schema, "example": example}


def _parameters_of(served: Served) -> str:
    if not served.parameters:
        return "The pipeline takes none."
    described = "; ".join(f"`{one.name}` ({one.rule.description})" for one in served.parameters)
    return f"With encoded files, the pipeline's too: {described}."


def _example_file(served: Served) -> bytes:
    """A file that the model answers, small enough to stand in the documentation."""
    for sample in served.asset.samples:
        file = served.place.asset / sample.input
        if sample.error is None and file.is_file() and file.stat().st_size <= _LARGEST_SAMPLE:
            return file.read_bytes()
    if "image/png" in served.task.input.media_types:
        grey = np.linspace(0, 255, 16, dtype=np.uint8)
        picture = io.BytesIO()
        PIL.Image.fromarray(np.broadcast_to(grey, (16, 16)).copy()).save(picture, "PNG")
        return picture.getvalue()
    return b"the bytes of a file"
