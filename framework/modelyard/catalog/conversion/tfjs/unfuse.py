"""Operations that TensorFlow.js fuses for speed, taken apart into TensorFlow's own.

`FusedDepthwiseConv2dNative` and `Prelu` exist in TF.js only; `_FusedConv2D` and `_FusedMatMul` are
private to TensorFlow and differ between its versions. TensorFlow and LiteRT fuse again as suits them.
"""

from __future__ import annotations

from typing import Any

from ..errors import ConversionError

CONVOLUTION = ("strides", "padding", "data_format", "dilations", "explicit_paddings")
FUSED = {
    "_FusedConv2D": ("Conv2D", CONVOLUTION),
    "FusedDepthwiseConv2dNative": ("DepthwiseConv2dNative", CONVOLUTION),
    "_FusedMatMul": ("MatMul", ("transpose_a", "transpose_b")),
}
"""The plain operation in each, and the attributes that are its."""

ACTIVATIONS = frozenset({"Relu", "Relu6", "Elu", "Sigmoid", "Tanh", "LeakyRelu"})
PRELU = "Prelu"
FLOAT = 1
"""DT_FLOAT: TF.js computes in nothing else, and its Prelu does not say."""


def is_fused(operation: str) -> bool:
    """Whether an operation is one of those that are taken apart."""
    return operation in FUSED or operation == PRELU


def unfused(node: Any) -> list[Any]:
    """The nodes that a fused node stands for; the last has its name, so that what uses it finds it.

    Args:
        node: A NodeDef for whose operation `is_fused`.

    Raises:
        ConversionError: Something unknown is fused into it.
    """
    chain = _Chain(node)
    if node.op == PRELU:
        signal, alpha = chain.take(), chain.take()
        chain.prelu(signal, alpha)
        return chain.finished()
    operation, attributes = FUSED[node.op]
    chain.add(operation, chain.take(), chain.take(), keep=attributes)
    for fused in (name.decode(errors="replace") for name in node.attr["fused_ops"].list.s):
        if fused == "BiasAdd":
            chain.add("BiasAdd", chain.last, chain.take(), keep=("data_format",))
        elif fused == PRELU:
            chain.prelu(chain.last, chain.take())
        elif fused in ACTIVATIONS:
            chain.add(fused, chain.last)
            if fused == "LeakyRelu" and "leakyrelu_alpha" in node.attr:
                chain.nodes[-1].attr["alpha"].CopyFrom(node.attr["leakyrelu_alpha"])
        else:
            raise ConversionError(
                f"The node {node.name} ({node.op}) has {fused} fused into it, which is not known here"
            )
    return chain.finished()


class _Chain:
    """Nodes in the making, each of the fused node's type."""

    def __init__(self, node: Any) -> None:
        self.fused = node
        self.nodes: list[Any] = []
        self.waiting = [str(name) for name in node.input if not name.startswith("^")]

    @property
    def last(self) -> str:
        return str(self.nodes[-1].name)

    def take(self) -> str:
        """The fused node's next input."""
        if not self.waiting:
            raise ConversionError(
                f"The node {self.fused.name} ({self.fused.op}) has too few inputs: export the model again"
            )
        return self.waiting.pop(0)

    def add(self, operation: str, *inputs: str, keep: tuple[str, ...] = ()) -> str:
        made = type(self.fused)(name=f"{self.fused.name}/unfused/{len(self.nodes)}_{operation}", op=operation)
        made.input.extend(inputs)
        made.attr["T"].type = self.fused.attr["T"].type or FLOAT
        for attribute in keep:
            if attribute in self.fused.attr:
                made.attr[attribute].CopyFrom(self.fused.attr[attribute])
        self.nodes.append(made)
        return self.last

    def prelu(self, signal: str, alpha: str) -> None:
        """relu(x) + (-alpha · relu(-x)), in the very form that LiteRT knows as its PRELU."""
        positive = self.add("Relu", signal)
        negative = self.add("Relu", self.add("Neg", signal))
        slope = self.add("Neg", alpha)
        self.add("AddV2", positive, self.add("Mul", slope, negative))

    def finished(self) -> list[Any]:
        self.nodes[-1].name = self.fused.name
        self.nodes[0].input.extend(name for name in self.fused.input if name.startswith("^"))
        return self.nodes
