"""Frozen graphs of TensorFlow 1: one `.pb` file, the weights as constants of the graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import savedmodel
from ..errors import ConversionError, first_line
from ..format import Format

# Field 1 of a GraphDef is its first node, field 1 of a node its name; each has its length before it.
_NODE = re.compile(rb"\x0a[\x80-\xff]{0,4}[\x00-\x7f]\x0a[\x01-\x7f][A-Za-z0-9.][A-Za-z0-9_./\\-]*", re.DOTALL)
INPUTS = ("Placeholder", "PlaceholderWithDefault")
"""What the inputs of a graph are."""
_BOOL = 10


def holds(path: Path) -> bool:
    """Whether it is a file that starts as a graph does: with a node, and in it the node's name."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return _NODE.match(stream.read(64)) is not None


def to_tensorflow(source: Path, folder: Path) -> None:
    """Gives the graph a signature: its inputs are its placeholders, its outputs what depends on them and no node takes.

    A scalar placeholder of the type bool is how TensorFlow 1 was told whether it trains: it becomes the constant
    false. A placeholder with a default loses the default. Where a node that is an output only compares another one
    with a number (a decision at a threshold), that other one is the output: a decision is the pipeline's.
    """
    import tensorflow
    from google.protobuf.message import DecodeError

    try:
        graph = tensorflow.compat.v1.GraphDef.FromString(source.read_bytes())
    except DecodeError as problem:
        raise ConversionError(f"{source.name} is damaged ({first_line(problem)}): fetch the model again") from problem
    for node in graph.node:
        if node.op in INPUTS:
            free(node)
    outputs = _outputs(graph)
    if not outputs:
        raise ConversionError(f"{source.name} is a graph without an output: it is no network to run")
    try:
        graph = tensorflow.compat.v1.graph_util.extract_sub_graph(graph, outputs)
    except (ValueError, AssertionError, KeyError) as problem:
        raise ConversionError(f"{source.name} is no whole graph: {first_line(problem)}") from problem
    inputs = [node.name for node in graph.node if node.op in INPUTS]
    savedmodel.write(graph, {name: f"{name}:0" for name in inputs}, {name: f"{name}:0" for name in outputs}, folder)


def _outputs(graph: Any) -> list[str]:
    """What no node takes, as far as it depends on an input."""
    nodes = {node.name: node for node in graph.node}
    taken = {node_of(name) for node in graph.node for name in node.input}
    found = []
    for node in graph.node:
        if node.name in taken or node.op in INPUTS or not _depends(node.name, nodes):
            continue
        name = node_of(node.input[0]) if node.op in ("Greater", "GreaterEqual") else node.name
        if name not in found:
            found.append(name)
    return found


def beneath(name: str, nodes: Mapping[str, Any]) -> set[str]:
    """The node itself, and all that it needs."""
    waiting, seen = [name], {name}
    while waiting:
        node = nodes.get(waiting.pop())
        if node is None:
            continue
        new = {node_of(tensor) for tensor in node.input} - seen
        seen |= new
        waiting += new
    return seen & nodes.keys()


def _depends(name: str, nodes: Mapping[str, Any]) -> bool:
    """Whether a node needs an input."""
    return any(nodes[one].op in INPUTS for one in beneath(name, nodes))


def node_of(tensor: str) -> str:
    """`conv` of `conv:1` and of `^conv`."""
    return tensor.lstrip("^").partition(":")[0]


def free(node: Any) -> None:
    """Makes an input one without a default, and a flag that says whether it trains the constant false."""
    import tensorflow

    flag = node.attr["dtype"].type == _BOOL and not node.attr["shape"].shape.dim
    del node.input[:]
    if flag:
        node.op = "Const"
        node.attr.clear()
        node.attr["dtype"].type = _BOOL
        node.attr["value"].tensor.CopyFrom(tensorflow.make_tensor_proto(False))
    else:
        node.op = "Placeholder"


FORMAT = Format(title="a frozen graph of TensorFlow 1 (.pb)", holds=holds, to_tensorflow=to_tensorflow)
