"""TensorFlow.js graph models: a folder with model.json and the shards of its weights."""

from __future__ import annotations

from pathlib import Path

from .. import savedmodel
from ..errors import ConversionError
from ..format import Format
from ..tfjs.graph import build_graph
from ..tfjs.model_json import GRAPH, find_model_json, read_model_json
from ..tfjs.signature import tensor_names
from ..tfjs.sparse import with_dense_input
from ..tfjs.weights import read_weights


def holds(path: Path) -> bool:
    """Whether it is a graph model's model.json, or a folder with one."""
    return find_model_json(path, GRAPH) is not None


def to_tensorflow(source: Path, folder: Path) -> None:
    """Puts graph and weights together again."""
    path = find_model_json(source, GRAPH)
    if path is None:
        raise ConversionError(f"{source} holds no TF.js graph model")
    model = read_model_json(path)
    weights = read_weights(model.groups, path.parent)
    graph = build_graph(model, weights)
    if not model.signature:
        graph = with_dense_input(graph)
    names = tensor_names(model.signature, graph.node)
    savedmodel.write(graph, names.inputs, names.outputs, folder)


FORMAT = Format(title="a TF.js graph model (model.json and its shards)", holds=holds, to_tensorflow=to_tensorflow)
