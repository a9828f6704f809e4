"""TensorFlow's graph from a TensorFlow.js one and its weights."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..errors import ConversionError, first_line
from .model_json import ModelJson
from .unfuse import is_fused, unfused
from .weights import Values

OUT_OF_BROWSER = frozenset(
    {"ReadFile", "WriteFile", "MatchingFiles", "ImmutableConst", "PyFunc", "PyFuncStateless", "EagerPyFunc"}
)
"""Operations that touch files or run Python: no browser has them, so a graph with one is not from TF.js."""


def build_graph(model: ModelJson, weights: Mapping[str, Values]) -> Any:
    """The GraphDef, with each weight as the value of the constant of its name.

    Raises:
        ConversionError: A node is malformed, its operation unknown, or its weight missing.
    """
    from tensorflow import version
    from tensorflow.core.framework import graph_pb2

    read = _parse(model)
    graph = graph_pb2.GraphDef(library=read.library, versions=read.versions)
    if not graph.versions.producer:  # older converters don't write it, and 0 means a TensorFlow of 2015
        graph.versions.producer = version.GRAPH_DEF_VERSION
    for node in read.node:
        graph.node.extend(unfused(node) if is_fused(node.op) else [node])
    _refuse_unknown_operations(graph, model)
    for node in _all_nodes(graph):
        if node.op == "Const":
            _set_value(node, weights, model)
    return graph


def _parse(model: ModelJson) -> Any:
    from google.protobuf import json_format
    from tensorflow.core.framework import graph_pb2

    try:
        document = {
            "node": [_with_base64(node) for node in model.nodes],
            "library": {"function": [_with_base64(function) for function in model.functions]},
            "versions": model.versions,
        }
        graph = json_format.ParseDict(document, graph_pb2.GraphDef(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, RecursionError) as problem:
        raise ConversionError(f"{model.path}: modelTopology is no TensorFlow graph: {first_line(problem)}") from problem
    seen: set[str] = set()
    for node in graph.node:
        if not node.name or node.name in seen:
            raise ConversionError(
                f"{model.path}: modelTopology has the node {node.name!r} twice, or unnamed: export it again"
            )
        seen.add(node.name)
    return graph


def _with_base64(value: Any) -> Any:
    """Bytes as base64, which is how protobuf's JSON writes them.

    Models that went through JavaScript also have them as a list of numbers (`"s": [78, 72]`), or as what
    Node.js makes of a buffer (`{"type": "Buffer", "data": [78, 72]}`).
    """
    if isinstance(value, list):
        return [_with_base64(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "Buffer" and _is_bytes(value.get("data")):
        return base64.b64encode(bytes(value["data"])).decode()
    return {
        key: base64.b64encode(bytes(item)).decode() if key == "s" and _is_bytes(item) and item else _with_base64(item)
        for key, item in value.items()
    }


def _is_bytes(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item <= 255 for item in value)


def _all_nodes(graph: Any) -> Iterable[Any]:
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _refuse_unknown_operations(graph: Any, model: ModelJson) -> None:
    from tensorflow import __version__
    from tensorflow.python.framework import op_def_registry

    functions = {function.signature.name for function in graph.library.function}
    operations = {node.op for node in _all_nodes(graph)} - functions
    if refused := operations & OUT_OF_BROWSER:
        raise ConversionError(f"{model.path} uses {_named(refused)}, which no TF.js model can: don't trust it")
    if inside := {operation for operation in operations if is_fused(operation)}:
        raise ConversionError(
            f"{model.path} uses {_named(inside)} inside a function, which is not supported: inline it"
        )
    if unknown := {operation for operation in operations if op_def_registry.get(operation) is None}:
        raise ConversionError(
            f"{model.path} uses {_named(unknown)}, which TensorFlow {__version__} does not have:"
            " export the model without it, or teach tfjs/unfuse.py what it stands for"
        )


def _named(operations: Iterable[str]) -> str:
    return ", ".join(sorted(operations))


def _set_value(node: Any, weights: Mapping[str, Values], model: ModelJson) -> None:
    import tensorflow

    tensor = node.attr["value"].tensor
    if node.name not in weights:
        if not _holds_value(tensor):
            raise ConversionError(
                f"{model.path}: the constant {node.name} has no weight in weightsManifest: export it again"
            )
        return
    values = weights[node.name]
    try:
        wanted = tensorflow.dtypes.as_dtype(node.attr["dtype"].type)
        if wanted != tensorflow.string:
            values = _cast(values, np.dtype(wanted.as_numpy_dtype))
        tensor.CopyFrom(tensorflow.make_tensor_proto(values, dtype=wanted, shape=values.shape))
    except (TypeError, ValueError, KeyError) as problem:  # KeyError: a type that numpy does not have
        raise ConversionError(
            f"{model.path}: the constant {node.name} can't take its weight: {first_line(problem)}"
        ) from problem


def _cast(values: Values, wanted: np.dtype[Any]) -> Values:
    """TF.js has fewer types than TensorFlow, so a constant's own type may differ from its weight's."""
    with np.errstate(invalid="ignore"):
        cast = values.astype(wanted)
        if not np.array_equal(cast.astype(values.dtype), values, equal_nan=values.dtype.kind in "fc"):
            raise ValueError(f"its type is {wanted}, in which the weight's {values.dtype} values change")
    return cast


def _holds_value(tensor: Any) -> bool:
    filled = any(field.name.endswith(("_val", "_content")) for field, _ in tensor.ListFields())
    return filled or any(size.size == 0 for size in tensor.tensor_shape.dim)
