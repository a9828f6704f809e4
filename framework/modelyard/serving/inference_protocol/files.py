"""Asking the whole pipeline, with encoded files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from modelyard.caller import Caller
from modelyard.errors import BadInput
from modelyard.parameters import BoundParameter, parse_parameters
from modelyard.serving.encode import to_json
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.tensors import Array

_NOT_OURS = (
    "binary_data_output",
    "content_type",
    "headers",
    "priority",
    "sequence_end",
    "sequence_id",
    "sequence_start",
    "timeout",
)
"""Request parameters that the protocol's extensions and its clients use; no pipeline is given them."""


def ask(served: Served, files: Array, parameters: Mapping[str, Any], settings: Settings, caller: Caller) -> Array:
    """The pipeline's answers, as JSON.

    Args:
        served: The asset.
        files: bytes [n], encoded files.
        parameters: Values by name, as `pipeline_parameters` gives them.
        settings: Limits.
        caller: Who waits for the answer.

    Returns:
        bytes [n]: for each file the body that `/model/predict` would answer with.

    Raises:
        BadInput: One of the files can't be answered.
        Overloaded: Too many calls wait for the network, or the caller's deadline has passed.
    """
    most = served.task.input.most
    if files.size > most:
        raise BadInput(f"{files.size} files are too many: send at most {most} at a time", code=413)
    answers = np.empty(files.size, np.object_)
    for number, file in enumerate(files, 1):
        caller.check()
        try:
            answer = served.answer(file, parameters, settings, caller)
        except BadInput as error:
            where = f"file {number} of {files.size}: " if files.size > 1 else ""
            raise BadInput(f"{where}{error}", error.code) from None
        answers[number - 1] = to_json({"status": "ok", **answer})
    return answers


def pipeline_parameters(declared: Iterable[BoundParameter], given: Mapping[str, Any]) -> dict[str, Any]:
    """The request's parameters that are the pipeline's.

    Args:
        declared: Those that the way takes: the pipeline's, or none where its network is asked.
        given: `parameters` of the request.

    Raises:
        BadInput: One is unknown, or not of its type or within its bounds.
    """
    declared = tuple(declared)
    known = [one.name for one in declared]
    texts = {}
    for name, value in given.items():
        if name in known:
            texts[name] = _text(name, value)
        elif name not in _NOT_OURS:
            taken = ", ".join(known) or "none"
            raise BadInput(f"parameter {quoted(name)} is unknown: with these inputs the model takes {taken}")
    return parse_parameters(declared, texts)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise BadInput(f"parameter {quoted(name)} must be a number, a text or true or false")
