"""The layers of a TensorFlow.js layers model as a Keras model, with their weights."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ConversionError, first_line
from .model_json import LayersJson
from .weights import Values

FUNCTIONAL = ("Model", "Functional")
SEQUENTIAL = "Sequential"
REFUSED = frozenset({"Lambda", "TFSMLayer"})
"""Layers of Keras that run code or read files that are named in the model: TensorFlow.js has neither."""


def build_model(layers: LayersJson, weights: Mapping[str, Values]) -> Any:
    """The Keras model, every weight in its place.

    Raises:
        ConversionError: Keras has not these layers, or the weights are not theirs.
    """
    import tensorflow

    _refuse_foreign(layers)
    own = {"UpSampling2D": _up_sampling()}
    try:
        if layers.class_name in FUNCTIONAL:
            model = tensorflow.keras.Model.from_config(layers.config, custom_objects=own)
        else:
            config = {**layers.config, "layers": _with_input(layers.config)}
            model = tensorflow.keras.Sequential.from_config(config, custom_objects=own)
    except Exception as problem:  # Keras raises all kinds, and each is about the layers it was given
        raise ConversionError(
            f"{layers.path}: Keras {tensorflow.keras.__version__} can't build the model: {first_line(problem)}"
        ) from problem
    _fill(model, dict(weights), layers)
    return model


def _up_sampling() -> type:
    """Keras's layer, by one operation of TensorFlow.

    Keras 3 repeats pixels by tiling and reshaping: then LiteRT's converter no longer knows how many channels there
    are, and refuses the next convolution; and it can't interpolate a picture of a size that is not known yet.
    """
    import tensorflow

    class UpSampling2D(tensorflow.keras.layers.UpSampling2D):  # type: ignore[misc]  # TensorFlow has no types
        def call(self, inputs: Any) -> Any:
            if self.data_format != "channels_last":
                return super().call(inputs)
            size = tensorflow.shape(inputs)[1:3] * tensorflow.constant(self.size)
            return tensorflow.image.resize(inputs, size, method=self.interpolation)

    return UpSampling2D


def _refuse_foreign(layers: LayersJson) -> None:
    import tensorflow

    if layers.class_name not in (*FUNCTIONAL, SEQUENTIAL):
        raise ConversionError(
            f"{layers.path} holds a {layers.class_name}: known are a Model and a Sequential of layers"
        )
    for layer in layers.config["layers"]:
        name = layer.get("class_name")
        if not isinstance(name, str) or name in REFUSED or not hasattr(tensorflow.keras.layers, name):
            raise ConversionError(
                f"{layers.path}: the layer {reprlib.repr(name)} is no layer of Keras's own: "
                "export the model as a TF.js graph model, which holds what its layers do"
            )
    for module in _modules(layers.config):
        raise ConversionError(f"{layers.path} names the module {module!r}, which TF.js doesn't: export it with Keras 2")


def _modules(config: Any) -> Iterator[str]:
    """Python modules that Keras 3 would import to build the model."""
    waiting = [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(module := part.get("module"), str):
                yield module
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _with_input(config: Mapping[str, Any]) -> list[Any]:
    """A sequential model's layers after an input layer; Keras 3 reads an input's shape nowhere else."""
    first, *rest = config["layers"] or [{}]
    settings = first.get("config")
    if first.get("class_name") == "InputLayer" or not isinstance(settings, dict) or "batch_input_shape" not in settings:
        return list(config["layers"])
    shape = settings["batch_input_shape"]
    others = {key: value for key, value in settings.items() if key != "batch_input_shape"}
    given = {"batch_shape": shape, "dtype": others.get("dtype") or "float32", "name": f"{others.get('name', '')}_input"}
    return [{"class_name": "InputLayer", "config": given}, {**first, "config": others}, *rest]


def _fill(model: Any, weights: dict[str, Values], layers: LayersJson) -> None:
    """Gives each variable the weight of its name; the model's own name may stand before it."""
    for variable in model.weights:
        names = [variable.path, variable.path.removeprefix(f"{model.name}/")]
        name = next((name for name in names if name in weights), None)
        if name is None:
            some = ", ".join(sorted(weights)[:3]) or "none"
            raise ConversionError(f"{layers.path} has no weight {names[-1]!r} (left are {some}): export it again")
        values = weights.pop(name)
        if tuple(values.shape) != tuple(variable.shape):
            found, needed = list(values.shape), list(variable.shape)
            raise ConversionError(f"{layers.path}: the weight {name!r} is {found}, and its layer takes {needed}")
        variable.assign(values)
    if weights:
        raise ConversionError(f"{layers.path} has weights that no layer takes, such as {min(weights)!r}")
