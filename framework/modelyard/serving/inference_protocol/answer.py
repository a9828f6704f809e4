"""An inference answer: JSON, with the outputs that were asked for as binary behind it."""

from __future__ import annotations

from typing import Any

from modelyard.serving.encode import to_json
from modelyard.serving.inference_protocol import binary_data, json_data
from modelyard.serving.inference_protocol.datatypes import datatype_of
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.serving.inference_protocol.request import InferenceRequest
from modelyard.tensors import Tensors


def encode(request: InferenceRequest, outputs: Tensors, model: str, version: str) -> tuple[bytes, int | None]:
    """The body of the answer.

    Args:
        request: What was asked.
        outputs: The model's outputs, those that were not asked for too.
        model: Name of the model.
        version: Its version.

    Returns:
        The body, and the length of its JSON if binary tensors are behind it.

    Raises:
        BadInput: An output can't be said in JSON.
    """
    described, blobs = [], []
    for wanted in request.outputs:
        tensor = outputs[wanted.name]
        one: dict[str, Any] = {
            "name": wanted.name,
            "datatype": datatype_of(tensor.dtype),
            "shape": list(tensor.shape),
        }
        if wanted.binary:
            blobs.append(binary_data.encode(tensor))
            one["parameters"] = {"binary_data_size": len(blobs[-1])}
        else:
            one["data"] = json_data.encode(tensor, f"output {quoted(wanted.name)}")
        described.append(one)
    text = to_json(
        {
            "model_name": model,
            "model_version": version,
            **({} if request.id is None else {"id": request.id}),
            "outputs": described,
        }
    )
    return (b"".join((text, *blobs)), len(text)) if blobs else (text, None)
