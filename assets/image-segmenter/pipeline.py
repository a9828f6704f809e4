"""DeepLab v3 on a MobileNet v2 backbone, as Model Asset eXchange's image segmenter ran it."""

from pathlib import Path

import numpy as np
import PIL.Image

from modelyard import Image, Pipeline, Segmentation, Tensors

LONGER_SIDE = 513
"""The network was trained on crops of 513 × 513; pictures are resized to that longer side, never padded."""


class ImageSegmenter(Pipeline[Image, Segmentation]):
    """Names the class of every pixel."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "deeplab")

    def preprocess(self, image: Image) -> Tensors:
        pixels = image.pixels(_fitted(*image.size), PIL.Image.Resampling.LANCZOS)
        return {self.model.inputs[0].name: pixels[np.newaxis]}

    def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
        (classes,) = tensors.values()
        return Segmentation(classes[0].astype(np.uint8))


def _fitted(width: int, height: int) -> tuple[int, int]:
    """The size with the longer side resized to LONGER_SIDE and no side lost."""
    ratio = LONGER_SIDE / max(width, height)
    return max(1, int(width * ratio)), max(1, int(height * ratio))
