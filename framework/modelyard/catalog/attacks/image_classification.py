"""The Square Attack (Andriushchenko et al. 2020), by the Adversarial Robustness Toolbox.

It sees probabilities and nothing else. Squares of ever smaller size are made brighter or darker wherever that makes the
right class less likely. What is sent is a PNG of eight bits a channel, so that what deceives the model is a file that
somebody could send.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.catalog.evaluation.oracle import Attempt, Oracle, Spent
from modelyard.image import Image
from modelyard.tasks.image_classification import Classification

EPSILON = 8 / 255
BOUND = "every channel of every pixel by at most 8 of 255 steps (L∞)"
_SQUARE = 0.8
"""The share of the picture that the first square covers at most, as the paper has it."""


def scores(answer: Classification) -> Mapping[str, float]:
    """The probability of each class that the answer names."""
    return dict(zip(answer.labels, answer.probabilities, strict=True))


def attack(data: bytes, truth: str, oracle: Oracle, chance: np.random.Generator) -> Attempt:
    """One picture, changed until it is taken for something else.

    Args:
        data: The picture's file.
        truth: Its class, as it is answered now.
        oracle: The model.
        chance: What the attack draws from.
    """
    pixels = Image.parse(data).pixels().astype(np.float32) / 255
    found: list[bytes] = []

    def predict(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """[n, 2]: the probability of the right class, and that of the likeliest other one."""
        return np.array([_two(oracle, _png(one), truth, found) for one in batch], np.float32)

    height, width = pixels.shape[:2]
    with _quietly(), _chance(chance):
        from art.attacks.evasion import SquareAttack
        from art.estimators.classification import BlackBoxClassifierNeuralNetwork

        model = BlackBoxClassifierNeuralNetwork(
            predict, pixels.shape, nb_classes=2, channels_first=False, clip_values=(0.0, 1.0)
        )
        share = _SQUARE * min(height, width) / max(height, width)  # lest a square be wider than the picture
        attacker = SquareAttack(model, eps=EPSILON, p_init=share, max_iter=oracle.budget, batch_size=1, verbose=False)
        with suppress(Spent):
            attacker.generate(pixels[np.newaxis], np.array([[1, 0]]))
    if not found:
        return Attempt(None, 0.0)
    changed = np.asarray(PIL.Image.open(io.BytesIO(found[0])), np.float32) / 255
    return Attempt(found[0], float(np.abs(changed - pixels).max()))


def _two(oracle: Oracle, data: bytes, truth: str, found: list[bytes]) -> tuple[float, float]:
    said = oracle.scores(data)
    if not oracle.is_right(data, truth) and not found:
        found.append(data)
    others = [share for label, share in said.items() if label != truth]
    # A refusal is as good as the right answer: it deceives nobody.
    return (said.get(truth, 0.0), max(others, default=0.0)) if said else (1.0, 0.0)


def _png(pixels: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(np.rint(pixels * 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


@contextmanager
def _quietly() -> Iterator[None]:
    """The toolbox warns of each framework that isn't installed; none of them is needed."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"art\..*")
        yield


@contextmanager
def _chance(chance: np.random.Generator) -> Iterator[None]:
    """The toolbox draws from numpy's own state, which is as it was afterwards."""
    before: Any = np.random.get_state()
    np.random.seed(int(chance.integers(2**32)))
    try:
        yield
    finally:
        np.random.set_state(before)
