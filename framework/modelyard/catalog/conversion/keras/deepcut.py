"""Deepcut's network: whether a word ends before a character, from the 21 characters around it and their types.

As in `deepcut/model.py` of deepcut 0.7 (https://github.com/rkcosmos/deepcut): convolutions of 1 to 12 characters, each
followed by a layer of 5 units; of these the greatest count, beside the characters themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

TITLE = "Deepcut"

_SEEN = 21
_CHARACTERS, _CHARACTER_SIZE = 178, 32
_TYPES, _TYPE_SIZE = 12, 12
_FILTERS = {width: 200 if width < 9 else 150 if width < 12 else 100 for width in range(1, 13)}
_UNITS, _HIDDEN = 5, 100
_SIZE = _CHARACTER_SIZE + _UNITS + _TYPE_SIZE


def _shapes() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {
        "embedding_1/embeddings": (_CHARACTERS, _CHARACTER_SIZE),
        "embedding_2/embeddings": (_TYPES, _TYPE_SIZE),
        "dense_13/kernel": (_SEEN * _SIZE, _HIDDEN),
        "dense_13/bias": (_HIDDEN,),
        "dense_14/kernel": (_HIDDEN, 1),
        "dense_14/bias": (1,),
    }
    for number, size in ((1, _CHARACTER_SIZE), (2, _SIZE)):
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            found[f"batch_normalization_{number}/{part}"] = (size,)
    for width, filters in _FILTERS.items():
        found[f"conv1d_{width}/kernel"] = (width, _CHARACTER_SIZE, filters)
        found[f"conv1d_{width}/bias"] = (filters,)
        found[f"time_distributed_{width}/kernel"] = (filters, _UNITS)
        found[f"time_distributed_{width}/bias"] = (_UNITS,)
    return found


SHAPES = _shapes()
"""The shape of each weight, by its name."""


def model(weights: Mapping[str, NDArray[np.float32]]) -> Any:
    """The network: int32 [batch, 21] `characters` and `types` → float32 [batch, 1], the probability."""
    from tensorflow import keras

    layers = keras.layers

    def with_weights(layer: Any, given: Any, name: str, *parts: str) -> Any:
        made = layer(given)
        layer.set_weights([weights[f"{name}/{part}"] for part in parts])
        return made

    def normalised(given: Any, name: str) -> Any:
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        return with_weights(layers.BatchNormalization(), given, name, *parts)

    characters = keras.Input((_SEEN,), dtype="int32", name="characters")
    types = keras.Input((_SEEN,), dtype="int32", name="types")
    embedded = with_weights(layers.Embedding(_CHARACTERS, _CHARACTER_SIZE), characters, "embedding_1", "embeddings")
    embedded = normalised(embedded, "batch_normalization_1")
    seen = []
    for width, filters in _FILTERS.items():
        convolution = layers.Conv1D(filters, width, activation="relu")
        found = with_weights(convolution, embedded, f"conv1d_{width}", "kernel", "bias")
        found = with_weights(layers.Dense(_UNITS), found, f"time_distributed_{width}", "kernel", "bias")
        seen.append(layers.ZeroPadding1D((0, width - 1))(found))
    typed = with_weights(layers.Embedding(_TYPES, _TYPE_SIZE), types, "embedding_2", "embeddings")
    joined = layers.Concatenate()([embedded, layers.Maximum()(seen), typed])
    flat = layers.Flatten()(normalised(joined, "batch_normalization_2"))
    hidden = with_weights(layers.Dense(_HIDDEN, activation="relu"), flat, "dense_13", "kernel", "bias")
    last = layers.Dense(1, activation="sigmoid", name="probability")
    return keras.Model([characters, types], with_weights(last, hidden, "dense_14", "kernel", "bias"))
