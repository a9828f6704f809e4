"""A small convolutional network on Fashion-MNIST, or on somebody's own photos of garments."""

import gzip
import math
from pathlib import Path

import numpy as np
import tensorflow as tf
from garment import SIDE, prepared

from modelyard import Image
from modelyard.catalog.training.training import Training

keras = tf.keras
EPOCHS = 20
BATCH = 128
HELD_OUT = 1 / 12
"""The share of the training pictures that tells when to stop: 5,000 of 60,000. The test pictures are not looked at."""
SHIFT = 1
"""Pixels that a garment is moved by at most, from epoch to epoch."""


def train(training: Training) -> None:
    if training.own_examples is None:
        pictures, classes = _idx(training.data / "garments" / "train")
    else:
        pictures, classes = _of(training, training.own_examples)
    if training.feedback:
        more = _of(training, training.feedback)
        pictures, classes = np.concatenate([pictures, more[0]]), np.concatenate([classes, more[1]])
    order = np.random.default_rng(training.seed).permutation(len(pictures))
    held_out, rest = np.split(order, [max(1, round(len(order) * HELD_OUT))])

    network = build(len(training.labels))
    steps = EPOCHS * -(-len(rest) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=3e-3, warmup_steps=steps // 12)
    network.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(
        Moved(pictures[rest], classes[rest], training.seed),
        validation_data=(pictures[held_out, ..., np.newaxis].astype(np.float32), classes[held_out]),
        validation_batch_size=500,
        epochs=EPOCHS,
        callbacks=training.callbacks(EPOCHS, watch="val_accuracy", patience=6),
        verbose=0,
    )
    found = network.predict(pictures[held_out, ..., np.newaxis].astype(np.float32), batch_size=500, verbose=0)
    training.finish(accuracy=float((found.argmax(axis=1) == classes[held_out]).mean()))
    # A new model around the same layers: the optimizer's state, twice as large as the weights, stays behind.
    keras.Model(network.inputs, network.outputs).save(training.output / "garments.keras")


def build(classes: int) -> keras.Model:
    """From pixels, [n, 28, 28, 1] of 0 to 255, to probabilities, [n, classes]."""
    pixels = keras.Input((SIDE, SIDE, 1), name="pixels")
    values = keras.layers.Rescaling(1 / 255)(pixels)
    for filters, convolutions, dropped in ((24, 1, 0.0), (48, 2, 0.1), (72, 1, 0.1)):
        for _ in range(convolutions):
            values = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(values)
            values = keras.layers.ReLU()(keras.layers.BatchNormalization()(values))
        values = keras.layers.Dropout(dropped)(keras.layers.MaxPooling2D()(values))
    values = keras.layers.Dropout(0.3)(keras.layers.Flatten()(values))
    return keras.Model(pixels, keras.layers.Dense(classes, "softmax", name="probabilities")(values))


class Moved(keras.utils.PyDataset):
    """Batches of pictures in a new order each epoch, half of them mirrored, each moved by a few pixels."""

    def __init__(self, pictures: np.ndarray, classes: np.ndarray, seed: int) -> None:
        super().__init__()
        self._pictures = np.pad(pictures, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT)))
        self._classes = classes
        self._chance = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(len(self._order) / BATCH)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._order[index * BATCH : (index + 1) * BATCH]
        windows = np.lib.stride_tricks.sliding_window_view(self._pictures[chosen], (SIDE, SIDE), axis=(1, 2))
        down, across = self._chance.integers(0, 2 * SHIFT + 1, (2, len(chosen)))
        moved = windows[np.arange(len(chosen)), down, across]
        mirrored = self._chance.random(len(chosen)) < 0.5
        moved = np.where(mirrored[:, np.newaxis, np.newaxis], moved[:, :, ::-1], moved)
        return moved[..., np.newaxis].astype(np.float32), self._classes[chosen]

    def on_epoch_end(self) -> None:
        self._order = self._chance.permutation(len(self._classes))


def _idx(start: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures, uint8 [n, 28, 28], and their classes, in the form that http://yann.lecun.com/exdb/mnist/ describes."""
    pictures = gzip.decompress(start.with_name(f"{start.name}-images-idx3-ubyte.gz").read_bytes())
    classes = gzip.decompress(start.with_name(f"{start.name}-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(pictures, np.uint8, offset=16).reshape(-1, SIDE, SIDE),
        np.frombuffer(classes, np.uint8, offset=8).astype(np.int64),
    )


def _of(training: Training, examples: list) -> tuple[np.ndarray, np.ndarray]:
    pictures = np.stack([prepared(Image.parse(one.data)) for one in examples])
    return pictures, np.array([training.id_of(one) for one in examples])
