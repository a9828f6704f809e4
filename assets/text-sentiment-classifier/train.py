"""A logistic regression upon the sentence encoder's vectors, on rated lines or on somebody's own texts."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from evaluation import TEST, VALIDATION, clear_lines

from modelyard import Unigram
from modelyard.catalog.training.training import Training

keras = tf.keras
EPOCHS = 20
BATCH = 128
RESERVED, MOST = 6, 128
"""As the pipeline has them."""
STRONGEST = 2.0
"""Lines count by how they were rated, and those beyond this no more."""


def train(training: Training) -> None:
    if training.own_examples is None:
        lines = [line for line in clear_lines(training.data / "rated.tar.gz") if line.part != TEST]
        texts = [line.text for line in lines]
        classes = [training.labels.index(line.label) for line in lines]
        weights = [min(abs(line.rating), STRONGEST) / STRONGEST for line in lines]
        held_out = np.array([line.part == VALIDATION for line in lines])
    else:
        texts = [one.text for one in training.own_examples]
        classes = [training.id_of(one) for one in training.own_examples]
        weights = [1.0] * len(texts)
        held_out = np.random.default_rng(training.seed).permutation(len(texts)) < max(1, len(texts) // 10)
    # What people took the trouble to correct is learned from, and never held out.
    texts += [one.text for one in training.feedback]
    classes += [training.id_of(one) for one in training.feedback]
    weights += [1.0] * len(training.feedback)
    held_out = np.concatenate([held_out, np.zeros(len(training.feedback), bool)])
    vectors, classes, weights = encoded(training.weights, texts), np.array(classes), np.array(weights)

    head = build(len(training.labels))
    rate = keras.optimizers.schedules.CosineDecay(1e-3, EPOCHS * -(-int((~held_out).sum()) // BATCH))
    head.compile(
        keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", weighted_metrics=[], metrics=["accuracy"]
    )
    head.fit(
        vectors[~held_out],
        classes[~held_out],
        sample_weight=weights[~held_out],
        validation_data=(vectors[held_out], classes[held_out], weights[held_out]),
        batch_size=BATCH,
        epochs=EPOCHS,
        callbacks=training.callbacks(EPOCHS, patience=5),
        verbose=0,
    )
    found = head.predict(vectors[held_out], verbose=0).argmax(axis=1)
    training.finish(accuracy=float((found == classes[held_out]).mean()))
    keras.Model(head.inputs, head.outputs).save(training.output / "head.keras")


def build(classes: int) -> keras.Model:
    """From the encoder's vectors, [n, 512], of length 1, to probabilities, [n, classes]."""
    vectors = keras.Input((512,), name="vectors")
    values = keras.layers.Rescaling(np.sqrt(512))(vectors)
    dense = keras.layers.Dense(classes, "softmax", kernel_regularizer=keras.regularizers.L2(1e-3), name="probabilities")
    return keras.Model(vectors, dense(values))


def encoded(weights: Path, texts: Sequence[str]) -> np.ndarray:
    """The vector of each text, float32 [n, 512]; those of like length are encoded together."""
    pieces = Unigram(json.loads((weights / "vocab.json").read_text("utf-8")), RESERVED)
    ids = [pieces.ids(text, MOST) for text in texts]
    encoder = tf.saved_model.load(str(weights / "encoder"))
    encode = encoder.signatures["serving_default"]
    vectors = np.empty((len(texts), 512), np.float32)
    order = sorted(range(len(ids)), key=lambda one: len(ids[one]))
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        padded = np.full((len(chosen), len(ids[chosen[-1]])), -1, np.int32)
        for row, one in enumerate(chosen):
            padded[row, : len(ids[one])] = ids[one]
        (found,) = encode(ids=tf.constant(padded)).values()
        vectors[chosen] = found.numpy()
    return vectors
