"""EfficientNet-Lite 0 to 4, image classifiers for small processors.

The network is that of https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (layers,
`SAME` padding, epsilon), with weights under the names that github.com/ml-illustrated/EfficientNet-Lite-PyTorch
gave them when it took them over. Paper: https://arxiv.org/abs/1905.11946

It takes `image`, float32 [n, side, side, 3], RGB, normalised as it was trained to (Google's own weights:
(x - 127) / 128), and answers with `logits`, float32 [n, classes]. Neither normalisation nor softmax is part of
a state dictionary, so neither is part of the network: both are the pipeline's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import savedmodel
from ..architecture import Architecture
from ..state_dict import Weights

_EPSILON = 1e-3
_STEM, _HEAD = 32, 1280
_NORM = ("weight", "bias", "running_mean", "running_var")
_COUNTER = ".num_batches_tracked"
"""Every normalisation layer has one; only training reads it."""


@dataclass(frozen=True)
class _Stage:
    """A row of blocks; only the first of them has the stride."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


@dataclass(frozen=True)
class _Size:
    """One of the five: how much wider and deeper than the smallest, and the side of its pictures in pixels."""

    width: float
    depth: float
    side: int


_SIZES = (_Size(1, 1, 224), _Size(1, 1.1, 240), _Size(1.1, 1.2, 260), _Size(1.2, 1.4, 280), _Size(1.4, 1.8, 300))


@dataclass(frozen=True)
class _Block:
    """An inverted residual: expand (where wider), convolve each channel, project; add the input where it fits."""

    name: str
    kernel: int
    stride: int
    inputs: int
    wide: int
    outputs: int


def _blocks(size: _Size) -> Iterator[_Block]:
    number, inputs = 0, _STEM
    for stage in _STAGES:
        # Stem, head and the stages next to them are not scaled, to stay small.
        fixed = stage in (_STAGES[0], _STAGES[-1])
        outputs = _rounded(stage.channels * size.width)
        for repeat in range(stage.repeats if fixed else math.ceil(stage.repeats * size.depth)):
            stride = stage.stride if repeat == 0 else 1
            yield _Block(f"_blocks.{number}.", stage.kernel, stride, inputs, inputs * stage.expansion, outputs)
            number, inputs = number + 1, outputs


def _rounded(channels: float, divisor: int = 8) -> int:
    """To a multiple of the divisor, never down by more than a tenth."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * channels else rounded + divisor


def _shapes(size: _Size, classes: int) -> dict[str, tuple[int, ...]]:
    """The shape of each weight by its name."""
    shapes: dict[str, tuple[int, ...]] = {}

    def layer(convolution: str, norm: str, *shape: int) -> None:
        shapes[f"{convolution}.weight"] = shape
        shapes.update({f"{norm}.{part}": shape[:1] for part in _NORM})

    layer("_conv_stem", "_bn0", _STEM, 3, 3, 3)
    channels = _STEM
    for block in _blocks(size):
        if block.wide > block.inputs:
            layer(f"{block.name}_expand_conv", f"{block.name}_bn0", block.wide, block.inputs, 1, 1)
        layer(f"{block.name}_depthwise_conv", f"{block.name}_bn1", block.wide, 1, block.kernel, block.kernel)
        layer(f"{block.name}_project_conv", f"{block.name}_bn2", block.outputs, block.wide, 1, 1)
        channels = block.outputs
    layer("_conv_head", "_bn1", _HEAD, channels, 1, 1)
    return {**shapes, "_fc.weight": (classes, _HEAD), "_fc.bias": (classes,)}


def _size_of(weights: Weights) -> _Size | None:
    """Which of the five has exactly these weights."""
    found = {name: array.shape for name, array in weights.items() if not name.endswith(_COUNTER)}
    classes = math.prod(found.get("_fc.bias", ()))
    return next((size for size in _SIZES if _shapes(size, classes) == found), None)


def holds(weights: Weights) -> bool:
    """Whether names and shapes are those of an EfficientNet-Lite, for any number of classes."""
    return _size_of(weights) is not None


def to_tensorflow(weights: Weights, folder: Path) -> None:
    """Writes the network; the number of pictures in a call is left open."""
    import tensorflow as tf

    size = _size_of(weights)
    assert size is not None
    layers = _Layers(weights)
    with tf.Graph().as_default() as graph:
        image = tf.compat.v1.placeholder(tf.float32, [None, size.side, size.side, 3], name="image")
        signal = tf.nn.relu6(layers.convolution(image, "_conv_stem", "_bn0", stride=2))
        for block in _blocks(size):
            signal = _block(layers, block, signal)
        signal = tf.nn.relu6(layers.convolution(signal, "_conv_head", "_bn1"))
        features = tf.reduce_mean(signal, [1, 2])
        scores = tf.linalg.matmul(features, layers.constant("_fc.weight").T)
        tf.nn.bias_add(scores, layers.constant("_fc.bias"), name="logits")
    savedmodel.write(graph.as_graph_def(), {"image": "image:0"}, {"logits": "logits:0"}, folder)


def _block(layers: _Layers, block: _Block, signal: Any) -> Any:
    import tensorflow as tf

    inner = signal
    if block.wide > block.inputs:
        inner = tf.nn.relu6(layers.convolution(inner, f"{block.name}_expand_conv", f"{block.name}_bn0"))
    inner = tf.nn.relu6(
        layers.convolution(inner, f"{block.name}_depthwise_conv", f"{block.name}_bn1", block.stride, by_channel=True)
    )
    inner = layers.convolution(inner, f"{block.name}_project_conv", f"{block.name}_bn2")
    return inner + signal if block.stride == 1 and block.inputs == block.outputs else inner


class _Layers:
    """Makes layers from weights, each convolution with the normalisation that follows it in one."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def constant(self, name: str) -> NDArray[np.float32]:
        return np.asarray(self._weights[name], np.float32)

    def convolution(self, signal: Any, name: str, norm: str, stride: int = 1, *, by_channel: bool = False) -> Any:
        """A convolution without bias and its batch normalisation, `SAME` padding as TensorFlow means it."""
        import tensorflow as tf

        kernel = np.asarray(self._weights[f"{name}.weight"], np.float64)
        gain, shift, mean, variance = (np.asarray(self._weights[f"{norm}.{part}"], np.float64) for part in _NORM)
        gain = gain / np.sqrt(variance + _EPSILON)
        kernel = kernel * gain[:, np.newaxis, np.newaxis, np.newaxis]
        bias = (shift - mean * gain).astype(np.float32)
        if by_channel:
            filters = kernel.transpose(2, 3, 0, 1).astype(np.float32)
            signal = tf.nn.depthwise_conv2d(signal, filters, [1, stride, stride, 1], "SAME")
        else:
            filters = kernel.transpose(2, 3, 1, 0).astype(np.float32)
            signal = tf.nn.conv2d(signal, filters, stride, "SAME")
        return tf.nn.bias_add(signal, bias)


ARCHITECTURE = Architecture(title="EfficientNet-Lite", holds=holds, to_tensorflow=to_tensorflow)
