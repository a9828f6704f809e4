"""Asking the network itself, with tensors that fit its signature."""

from __future__ import annotations

from modelyard.caller import Caller, working_for
from modelyard.errors import BadInput
from modelyard.runtimes.runtime import Model, NetworkError
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.tensors import Tensors

_MOST_DESCRIBED = 8


def ask(network: Model, tensors: Tensors, caller: Caller) -> Tensors:
    """The network's outputs.

    Raises:
        BadInput: The network can't work on these tensors. It has answered its samples: sizes or values that its
            signature allows and that it fails on all the same are for their sender to mend.
        Overloaded: Too many calls wait for the network, or the caller's deadline has passed.
    """
    try:
        with working_for(caller):
            return network(tensors)
    except NetworkError as error:
        raise BadInput(f"{_described(tensors)}: {str(error).rstrip('.')}; send other sizes or values") from None
    except MemoryError:
        raise BadInput(f"{_described(tensors)}: there is too little memory for that; send less", code=413) from None


def _described(tensors: Tensors) -> str:
    shown = list(tensors.items())[:_MOST_DESCRIBED]
    return "inputs " + ", ".join(f"{quoted(name)} {list(tensor.shape)}" for name, tensor in shown)
