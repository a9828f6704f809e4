"""TensorFlow.js layers models: a folder with model.json, in which Keras 2 wrote its layers, and shards of weights."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConversionError
from ..format import Format
from ..tfjs.layers import build_model
from ..tfjs.model_json import LAYERS, find_model_json, read_layers_json
from ..tfjs.weights import read_weights
from .keras import freeze


def holds(path: Path) -> bool:
    """Whether it is a layers model's model.json, or a folder with one."""
    return find_model_json(path, LAYERS) is not None


def to_tensorflow(source: Path, folder: Path) -> None:
    """Builds the layers with Keras, gives them their weights, and freezes them."""
    path = find_model_json(source, LAYERS)
    if path is None:
        raise ConversionError(f"{source} holds no TF.js layers model")
    layers = read_layers_json(path)
    freeze(build_model(layers, read_weights(layers.groups, path.parent)), source, folder)


FORMAT = Format(title="a TF.js layers model (model.json and its shards)", holds=holds, to_tensorflow=to_tensorflow)
