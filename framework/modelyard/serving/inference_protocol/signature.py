"""What a model takes and gives: the ways to ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from modelyard.errors import BadInput
from modelyard.runtimes.runtime import Model
from modelyard.serving.inference_protocol.datatypes import datatype_of
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.serving.served import Served
from modelyard.tensors import TensorSpec

MOST_FILES = 16
"""Files in one request, as many as `/model/predict` takes."""

_MOST_ELEMENTS = 4_000_000
_PREDICTION = "prediction"


@dataclass(frozen=True)
class Way:
    """One way to ask a model.

    Attributes:
        to: Who is asked: the whole pipeline, with encoded files, or its network, with tensors.
        inputs: All of them must be sent.
        outputs: What is answered, unless the request selects.
        most: Elements that an input may have whose sizes are open. What a network makes of them in memory is a
            hundred bytes for each, and more.
    """

    to: Literal["pipeline", "network"]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    most: int


@dataclass(frozen=True)
class Signature:
    """The ways to ask a model; no two of them share the name of an input or output."""

    ways: tuple[Way, ...]

    def way(self, names: Sequence[str]) -> Way:
        """The way that a request's inputs belong to.

        Raises:
            BadInput: One of them is unknown or comes twice, one is missing, or they belong to different ways.
        """
        known = {spec.name: way for way in self.ways for spec in way.inputs}
        for name in names:
            if name not in known:
                raise BadInput(f"input {quoted(name)} is unknown: this model takes {self._described()}")
        if not names:
            raise BadInput(f"`inputs` is empty: this model takes {self._described()}")
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise BadInput(f"input {quoted(twice)} comes more than once: send it once")
        way = known[names[0]]
        for name in names:
            if known[name] is not way:
                raise BadInput(
                    f"inputs {quoted(names[0])} and {quoted(name)} can't be sent together: send {self._described()}"
                )
        for spec in way.inputs:
            if spec.name not in names:
                raise BadInput(f"input {quoted(spec.name)} is missing: this model takes {self._described()}")
        return way

    def _described(self) -> str:
        return ", or ".join(" and ".join(quoted(spec.name) for spec in way.inputs) for way in self.ways)


def signature_of(served: Served) -> Signature:
    """The ways to ask a served asset.

    A network of a type that the protocol has no name for is asked through its pipeline only. Where the network
    has a tensor of the file's or the prediction's name, theirs gets `pipeline_` in front.
    """
    network = network_of(served)
    specs = (*network.inputs, *network.outputs) if network else ()
    taken = {spec.name for spec in specs}
    pipeline = Way(
        "pipeline",
        (_texts(served.task.input.field, taken),),
        (_texts(_PREDICTION, taken),),
        MOST_FILES,
    )
    if network is None or not network.inputs or any(datatype_of(spec.dtype) is None for spec in specs):
        return Signature((pipeline,))
    return Signature((pipeline, Way("network", tuple(network.inputs), tuple(network.outputs), _MOST_ELEMENTS)))


def network_of(served: Served) -> Model | None:
    """The handle on the pipeline's network, where there is a single one."""
    network: Model | None = getattr(served.pipeline, "model", None)
    return network


def _texts(name: str, taken: set[str]) -> TensorSpec:
    return TensorSpec(f"pipeline_{name}" if name in taken else name, (-1,), np.dtype(np.object_))
