"""EfficientNet-Lite0, fed as it was trained: the middle of the picture, bilinear, (x - 127) / 128."""

from pathlib import Path
from typing import Annotated

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard import Classification, Image, Parameter, Pipeline, Tensors

SIDE = 224
PADDING = 32
"""The network sees a square of 224 / (224 + 32) of the shorter side (`preprocess_for_eval`, see README.md)."""
MEAN, DEVIATION = np.float32(127), np.float32(128)


class ImageClassifier(Pipeline[Image, Classification]):
    """Names what a picture shows."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "efficientnet-lite0")

    def preprocess(self, image: Image) -> Tensors:
        # A camera's photo needn't be decoded whole for so few pixels: twice as many as needed leave the rest to do.
        picture = image.picture(draft_for=(2 * (SIDE + PADDING), 2 * (SIDE + PADDING)))
        seen = picture.resize((SIDE, SIDE), PIL.Image.Resampling.BILINEAR, box=_middle(*picture.size))
        pixels = (np.asarray(seen, np.float32) - MEAN) / DEVIATION
        return {self.model.inputs[0].name: pixels[np.newaxis]}

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        top: Annotated[int, Parameter("How many of the most likely classes to name.", 1, 1000)] = 5,
    ) -> Classification:
        (scores,) = tensors.values()
        return Classification.best(_softmax(scores[0].astype(np.float64)), self.labels, top)


def _middle(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the square that the network sees."""
    side = max(1, min(width, height) * SIDE // (SIDE + PADDING))
    left, top = (width - side + 1) // 2, (height - side + 1) // 2
    return left, top, left + side, top + side


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    probabilities: NDArray[np.float64] = powers / powers.sum()
    return probabilities
