"""Makes tiny.onnx and fixed.onnx: `python make_onnx.py`, with onnx 1.23 installed."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent


def tensor(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def save(name, nodes, inputs, outputs):
    constants = [
        numpy_helper.from_array(np.array([[1, 0], [0, 10], [100, 100]], np.float32), "weights"),
        numpy_helper.from_array(np.array([5, 6, 7], np.float32), "table"),
    ]
    used = {one for node in nodes for one in node.input}
    graph = helper.make_graph(nodes, name, inputs, outputs, [one for one in constants if one.name in used])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, FOLDER / f"{name}.onnx")


save(
    "tiny",
    [
        helper.make_node("MatMul", ["x", "weights"], ["product"]),
        helper.make_node("Gather", ["table", "ids"], ["picked"]),
        helper.make_node("Identity", ["words"], ["said"]),
    ],
    [
        tensor("x", TensorProto.FLOAT, ["batch", "width"]),
        tensor("ids", TensorProto.INT64, ["batch"]),
        tensor("words", TensorProto.STRING, ["batch"]),
    ],
    [
        tensor("product", TensorProto.FLOAT, ["batch", 2]),
        tensor("picked", TensorProto.FLOAT, ["batch"]),
        tensor("said", TensorProto.STRING, ["batch"]),
    ],
)
save(
    "fixed",
    [helper.make_node("MatMul", ["x", "weights"], ["product"])],
    [tensor("x", TensorProto.FLOAT, [1, 3])],
    [tensor("product", TensorProto.FLOAT, [1, 2])],
)
