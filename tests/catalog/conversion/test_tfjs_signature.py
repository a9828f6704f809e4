"""Inputs and outputs have the names that the model's signature gives them, or ones made from the graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from modelyard.catalog.conversion import ConversionError
from modelyard.catalog.conversion.tfjs.signature import tensor_names


@dataclass
class Node:
    name: str
    op: str
    input: list[str] = field(default_factory=list)


GRAPH = [
    Node("image", "Placeholder"),
    Node("weights", "Const"),
    Node("body/conv", "Conv2D", ["image", "weights"]),
    Node("heads/boxes", "Split", ["body/conv:1"]),
    Node("heads/scores", "Relu", ["body/conv", "^heads/check"]),
    Node("heads/check", "Assert", ["image"]),
]


def test_without_a_signature_placeholders_go_in_and_what_is_not_used_comes_out() -> None:
    names = tensor_names({}, GRAPH)
    assert names.inputs == {"image": "image:0"}
    assert names.outputs == {"heads_boxes": "heads/boxes:0", "heads_scores": "heads/scores:0"}


def test_the_signature_names_them_and_keeps_their_order() -> None:
    signature = {
        "inputs": {"photo:0": {"name": "image:0"}},
        "outputs": {"scores": {"name": "heads/scores"}, "boxes": {"name": "heads/boxes:1"}},
    }
    names = tensor_names(signature, GRAPH)
    assert names.inputs == {"photo": "image:0"}
    assert list(names.outputs.items()) == [("scores", "heads/scores:0"), ("boxes", "heads/boxes:1")]


def test_names_that_become_equal_stay_apart() -> None:
    names = tensor_names({}, [Node("a/b", "Placeholder"), Node("a_b", "Placeholder"), Node("1", "Add", ["a/b", "a_b"])])
    assert names.inputs == {"a_b": "a/b:0", "a_b_2": "a_b:0"}
    assert names.outputs == {"tensor_1": "1:0"}


@pytest.mark.parametrize(
    ("signature", "complaint"),
    [
        ({"outputs": {"scores": {"name": "nothing:0"}}}, "signature.outputs.scores names 'nothing:0'"),
        ({"outputs": {"scores": "heads/scores"}}, "signature.outputs.scores names None"),
        ({"inputs": ["image"]}, "signature.inputs has to be an object"),
        ({"inputs": {"w": {"name": "weights"}}}, "need the input 'image'"),
    ],
)
def test_a_signature_that_does_not_fit_the_graph_is_refused(signature: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConversionError) as caught:
        tensor_names(signature, GRAPH)
    assert complaint in str(caught.value)


def test_a_graph_that_goes_in_circles_is_refused() -> None:
    with pytest.raises(ConversionError, match="no output"):
        tensor_names({}, [Node("a", "Relu", ["b"]), Node("b", "Relu", ["a"])])
