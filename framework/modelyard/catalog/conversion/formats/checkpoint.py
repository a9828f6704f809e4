"""Checkpoints of TensorFlow 1: the graph that was trained (`.meta`), and the values of its variables beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import savedmodel
from ..errors import ConversionError, first_line
from ..format import Format
from . import frozen_graph

_META, _INDEX, _DATA = ".meta", ".index", ".data-"
_VARIABLES = ("Variable", "VariableV2")
_SIZES = ("Shape", "ShapeN", "Size", "Rank")
"""What asks for a tensor's sizes, and not for what is in it."""


def holds(path: Path) -> bool:
    """Whether it is a folder with the three parts of a checkpoint."""
    return path.is_dir() and len(_prefixes(path)) > 0


def _prefixes(folder: Path) -> list[str]:
    """What the names of a checkpoint's parts begin with; it may be nothing."""
    names = [file.name for file in folder.iterdir() if file.is_file()]
    return sorted(
        name.removesuffix(_META)
        for name in names
        if name.endswith(_META)
        and name.removesuffix(_META) + _INDEX in names
        and any(other.startswith(name.removesuffix(_META) + _DATA) for other in names)
    )


def to_tensorflow(source: Path, folder: Path) -> None:
    """Takes the network out of what trained it, and its variables as constants.

    A graph that was trained holds the network, the loss that compares its answer with the right one, and the gradients.
    The answer depends on one placeholder, the input, where the loss depends on the right answer too; and of what
    depends on the input alone, the answer is what has the most variables beneath it.
    """
    import tensorflow
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import meta_graph_pb2

    prefixes = _prefixes(source)
    if len(prefixes) != 1:
        raise ConversionError(f"{source.name} holds {len(prefixes)} checkpoints: name a folder with one")
    file = source / (prefixes[0] + _META)
    try:
        meta = meta_graph_pb2.MetaGraphDef.FromString(file.read_bytes())
        values = tensorflow.compat.v1.train.NewCheckpointReader(f"{source}/{prefixes[0]}")
    except (DecodeError, ValueError, tensorflow.errors.OpError) as problem:
        raise ConversionError(f"{source.name} is damaged ({first_line(problem)}): fetch the model again") from problem
    for node in meta.graph_def.node:
        if node.op in frozen_graph.INPUTS:
            frozen_graph.free(node)
    saver = frozen_graph.node_of(meta.saver_def.filename_tensor_name)
    given, outputs = _ends({node.name: node for node in meta.graph_def.node}, saver)
    if not outputs:
        raise ConversionError(f"{source.name} is a graph without an answer to one input: it is no network to run")
    network = tensorflow.compat.v1.graph_util.extract_sub_graph(meta.graph_def, outputs)
    for node in network.node:
        _settle(node, values)
    savedmodel.write(network, {given: f"{given}:0"}, {name: f"{name}:0" for name in outputs}, folder)


def _ends(nodes: Mapping[str, Any], saver: str) -> tuple[str, list[str]]:
    """The name of the input, and what the network says of it; what saves takes the name of a file as its input."""
    taken = {frozen_graph.node_of(name) for node in nodes.values() for name in node.input}
    found: dict[str, tuple[set[str], int]] = {}
    for name, node in nodes.items():
        if name in taken or node.op in (*_SIZES, *frozen_graph.INPUTS):
            continue
        beneath = [nodes[one] for one in frozen_graph.beneath(name, nodes)]
        inputs = {one.name for one in beneath if one.op in frozen_graph.INPUTS}
        if len(inputs) == 1 and saver not in inputs:
            found[name] = inputs, sum(one.op in _VARIABLES for one in beneath)
    most = max((variables for _, variables in found.values()), default=0)
    outputs = [name for name, (_, variables) in found.items() if variables == most > 0]
    inputs = {one for name in outputs for one in found[name][0]}
    return (inputs.pop(), outputs) if len(inputs) == 1 else ("", [])


def _settle(node: Any, values: Any) -> None:
    """A variable becomes a constant, and what takes one by reference takes its value."""
    import tensorflow

    for hint in ("_class", "_output_shapes"):
        node.attr.pop(hint, None)
    if node.op in _VARIABLES:
        try:
            value = values.get_tensor(node.name)
        except (KeyError, ValueError, tensorflow.errors.OpError) as problem:
            raise ConversionError(f"the checkpoint has no value of {node.name!r}: fetch the model again") from problem
        kind = node.attr["dtype"].type
        node.op = "Const"
        node.attr.clear()
        node.attr["dtype"].type = kind
        node.attr["value"].tensor.CopyFrom(tensorflow.make_tensor_proto(value))
    elif node.op.startswith("Ref"):
        node.op = node.op.removeprefix("Ref")


FORMAT = Format(title="a checkpoint of TensorFlow 1", holds=holds, to_tensorflow=to_tensorflow)
