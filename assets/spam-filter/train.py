"""A small network on the public corpus of SpamAssassin, or on somebody's own messages."""

import re
import zlib
from pathlib import Path

import numpy as np
import tensorflow as tf
from features import SIZE, numbers
from message import readable

from modelyard import ModelyardError
from modelyard.catalog.training.training import Training

keras = tf.keras
GROUPS = {"easy-ham-1": "ham", "easy-ham-2": "ham", "hard-ham-1": "ham", "spam-1": "spam", "spam-2": "spam"}
EVALUATED = (0, 1)
"""Parts of the corpus that are the evaluation's: nothing of them is learned from."""
STOPS = 2
"""The part that tells when to stop."""
EPOCHS = 30
HIDDEN = 8
SHORTEST, LONGEST = 4, 60
"""Words of an excerpt."""


def train(training: Training) -> None:
    if training.own_examples is None:
        texts, classes = corpus(training.data / "mail", training.labels)
    else:
        texts = [one.text for one in training.own_examples]
        classes = [training.id_of(one) for one in training.own_examples]
    texts += [one.text for one in training.feedback]
    classes += [training.id_of(one) for one in training.feedback]
    part = np.array([part_of(text) for text in texts])
    held, fit = part == STOPS, part != STOPS
    if not held.any() or not fit.any():
        raise ModelyardError("there are too few messages to learn from: bring some hundred")

    said = [readable(text) for text in texts]
    whole, known = np.stack([numbers(one) for one in said]), np.array(classes)
    chance = np.random.default_rng(training.seed)
    # Parts of the messages too: what people ask about is often shorter than an e-mail.
    parts = np.stack([numbers(excerpt(one, chance)) for one, learned in zip(said, fit, strict=True) if learned])
    network = build(len(training.labels))
    network.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(
        np.concatenate([whole[fit], parts]),
        np.concatenate([known[fit], known[fit]]),
        validation_data=(whole[held], known[held]),
        batch_size=64,
        epochs=EPOCHS,
        callbacks=training.callbacks(EPOCHS, patience=4),
        verbose=0,
    )
    loss, accuracy = network.evaluate(whole[held], known[held], verbose=0)
    training.finish(loss=loss, accuracy=accuracy)
    # A new model around the same layers: the optimizer's state stays behind.
    keras.Model(network.inputs, network.outputs).save(training.output / "spam.keras")


def build(classes: int) -> keras.Model:
    """From what is seen of messages, [n, SIZE], to probabilities, [n, classes]."""
    message = keras.Input((SIZE,), name="message")
    hidden = keras.layers.Dense(HIDDEN, "relu")(keras.layers.Dropout(0.2)(message))
    # Words speak for themselves too; together they are heard through the hidden layer.
    both = keras.layers.Concatenate()([keras.layers.Dropout(0.3)(hidden), message])
    return keras.Model(message, keras.layers.Dense(classes, "softmax", name="probabilities")(both))


def corpus(folder: Path, labels: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The e-mails that are learned from, and their classes."""
    texts, classes = [], []
    for group, label in GROUPS.items():
        for file in sorted((folder / group).glob("*.txt")):
            text = in_letters(file.read_bytes())
            if part_of(text) not in EVALUATED:
                texts.append(text)
                classes.append(labels.index(label))
    return texts, classes


def in_letters(mail: bytes) -> str:
    try:
        return mail.decode()
    except UnicodeDecodeError:
        return mail.decode("latin-1")


def part_of(text: str) -> int:
    """One of ten parts, the same for all messages with one subject; evaluation.py says it in the same words."""
    found = re.search(r"^subject:(.*)", text, re.IGNORECASE | re.MULTILINE)
    subject = found[1].lower() if found else text[:1_000].lower()
    thread = re.sub(r"\b(re|fwd?)(\[\d+\])?:|\[[^\]]*\]|[\W\d_]", "", subject)
    return zlib.crc32(thread.encode()) % 10


def excerpt(text: str, chance: np.random.Generator) -> str:
    """Some words in a row."""
    words = re.split(r"(\s+)", text)
    count, many = len(words) // 2, int(chance.integers(SHORTEST, LONGEST))
    start = int(chance.integers(0, max(1, count - many)))
    return "".join(words[2 * start : 2 * (start + many)])
