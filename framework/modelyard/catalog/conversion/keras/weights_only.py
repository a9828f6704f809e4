"""What `save_weights` wrote into an .h5 file; the network is written down in a file beside this one, and told by its
weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConversionError, first_line
from . import deepcut

Weights = Mapping[str, NDArray[np.float32]]
"""By their names, such as `dense_1/kernel`."""

_KNOWN = (deepcut,)
_LARGEST = 2**31 - 1
"""Bytes of all weights together: what a graph can hold."""


def read(path: Path) -> Weights | None:
    """The weights in an .h5 file, or None where it holds a whole model.

    Raises:
        ConversionError: It is damaged, or larger than a graph can be.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            if "model_config" in file.attrs:
                return None
            found: dict[str, NDArray[np.float32]] = {}
            size = 0
            for layer in file.attrs.get("layer_names", ()):
                for name in file[layer].attrs.get("weight_names", ()):
                    stored = file[layer][name]
                    size += int(stored.size) * 4
                    if size > _LARGEST:
                        raise ConversionError(f"{path} holds more than {_LARGEST} bytes of weights")
                    said = name.decode() if isinstance(name, bytes) else str(name)
                    found[said.removesuffix(":0")] = np.asarray(stored, np.float32)
            return found
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as problem:
        raise ConversionError(f"{path} is damaged ({first_line(problem)}): fetch it again") from problem


def model(weights: Weights, path: Path) -> Any:
    """The network with these weights, as Keras has it; the path is for the error.

    Raises:
        ConversionError: They are of no network that is known here.
    """
    for network in _KNOWN:
        if {name: value.shape for name, value in weights.items()} == network.SHAPES:
            return network.model(weights)
    titles = ", ".join(network.TITLE for network in _KNOWN)
    raise ConversionError(
        f"{path} holds weights without a network, and they are of none that is known here ({titles}):"
        " save the whole model, or add a file to conversion/keras/"
    )
