"""Which tensors of a TensorFlow.js graph are its inputs and outputs, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConversionError

INPUT = "Placeholder"
NO_OUTPUT = frozenset({"Const", "NoOp", "Assert", INPUT, "PlaceholderWithDefault"})
"""Operations that are no answer of a network, though nothing uses them."""


@dataclass(frozen=True)
class TensorNames:
    """The tensor ('image:0') behind each name of the signature."""

    inputs: dict[str, str]
    outputs: dict[str, str]


def tensor_names(signature: Mapping[str, Any], nodes: Iterable[Any]) -> TensorNames:
    """The inputs and outputs: as the model's signature says, else as the graph shows.

    Without a signature the placeholders are inputs, and what no other node uses are outputs.

    Args:
        signature: Of model.json; empty if it has none.
        nodes: The graph's NodeDefs.

    Raises:
        ConversionError: The signature is malformed, names what the graph does not have, or leaves out
            an input that an output needs.
    """
    by_name = {node.name: node for node in nodes}
    used = {_node_name(tensor) for node in by_name.values() for tensor in node.input}
    inputs = _declared(signature, "inputs", by_name)
    outputs = _declared(signature, "outputs", by_name)
    if not inputs:
        inputs = _named(node.name for node in by_name.values() if node.op == INPUT)
    if not outputs:
        outputs = _named(node.name for node in by_name.values() if node.name not in used and node.op not in NO_OUTPUT)
    if not outputs:
        raise ConversionError("The graph has no output: every node is used by another, and there is no signature")
    _refuse_unfed(inputs, outputs, by_name)
    return TensorNames(inputs, outputs)


def _declared(signature: Mapping[str, Any], side: str, by_name: Mapping[str, Any]) -> dict[str, str]:
    entries = signature.get(side) or {}
    if not isinstance(entries, dict):
        raise ConversionError(f"model.json: signature.{side} has to be an object: export the model again")
    tensors: dict[str, str] = {}
    for key, entry in entries.items():
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or _node_name(name) not in by_name:
            raise ConversionError(f"model.json: signature.{side}.{key} names {name!r}, which the graph does not have")
        tensors[_free(key, tensors)] = name if ":" in name else f"{name}:0"
    return tensors


def _named(nodes: Iterable[str]) -> dict[str, str]:
    tensors: dict[str, str] = {}
    for name in nodes:
        tensors[_free(name, tensors)] = f"{name}:0"
    return tensors


def _free(name: str, taken: Mapping[str, str]) -> str:
    """A name that can be a Python argument's: 'image:0' is 'image', 'logits/bias' is 'logits_bias'."""
    tidy = re.sub(r"\W", "_", name.removesuffix(":0"), flags=re.ASCII).strip("_") or "tensor"
    tidy = f"tensor_{tidy}" if tidy[0].isdigit() else tidy
    candidate, number = tidy, 1
    while candidate in taken:
        number += 1
        candidate = f"{tidy}_{number}"
    return candidate


def _refuse_unfed(inputs: Mapping[str, str], outputs: Mapping[str, str], by_name: Mapping[str, Any]) -> None:
    fed = {_node_name(tensor) for tensor in inputs.values()}
    waiting = [_node_name(tensor) for tensor in outputs.values()]
    visited = set(fed)
    while waiting:
        name = waiting.pop()
        if name in visited or name not in by_name:
            continue
        visited.add(name)
        if by_name[name].op == INPUT:
            raise ConversionError(f"model.json: the outputs need the input {name!r}, which signature.inputs leaves out")
        waiting.extend(_node_name(tensor) for tensor in by_name[name].input)


def _node_name(tensor: str) -> str:
    return tensor.removeprefix("^").split(":")[0]
