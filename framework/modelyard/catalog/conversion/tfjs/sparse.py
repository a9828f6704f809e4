"""Inputs that are the parts of a sparse matrix, made one dense matrix.

TF.js has no sparse tensors: a text encoder takes one as `indices` [n, 2] and `values` [n], the ids of its pieces.
Called like that it can't be batched, and an index that a caller makes up takes memory as it likes. Made dense, a
network takes `ids` [batch, length], padded with -1.
"""

from __future__ import annotations

from typing import Any

from .signature import INPUT

INDICES, VALUES, DENSE = "indices", "values", "ids"
_WHOLE = ("DT_INT32", "DT_INT64")


def with_dense_input(graph: Any) -> Any:
    """The graph with the input `ids`, where it has the inputs `indices` and `values`, and no other; else as it is.

    Args:
        graph: A GraphDef.
    """
    from tensorflow.core.framework import types_pb2

    inputs = {node.name: node for node in graph.node if node.op == INPUT}
    taken = {node.name for node in graph.node}
    if inputs.keys() != {INDICES, VALUES} or DENSE in taken:
        return graph
    types = {name: types_pb2.DataType.Name(node.attr["dtype"].type) for name, node in inputs.items()}
    if types[INDICES] not in _WHOLE or types[VALUES] not in _WHOLE:
        return graph
    made = type(graph)(library=graph.library, versions=graph.versions)
    _add_dense(made, types)
    made.node.extend(node for node in graph.node if node.name not in inputs)
    return made


def _add_dense(graph: Any, types: dict[str, str]) -> None:
    """The nodes that make `indices` and `values` of `ids`."""
    import tensorflow

    with tensorflow.Graph().as_default() as made:
        ids = tensorflow.compat.v1.placeholder(tensorflow.int32, [None, None], name=DENSE)
        with tensorflow.name_scope("made_dense"):
            where = tensorflow.where(tensorflow.greater(ids, -1))
            there = tensorflow.gather_nd(ids, where)
        for name, tensor in ((INDICES, where), (VALUES, there)):
            wanted = tensorflow.dtypes.as_dtype(types[name].removeprefix("DT_").lower())
            tensorflow.raw_ops.Cast(x=tensor, DstT=wanted, name=name)
    graph.node.extend(made.as_graph_def().node)
