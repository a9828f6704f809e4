"""MAXIM, trained on LOL: photos taken in too little light become as bright as if there had been enough, and less noisy.

The picture is fed as in `maxim/run_eval.py` of google-research/maxim: shares of full brightness, made even and then a
multiple of 64 pixels each way by mirroring at its edges, and cut out again. One thing differs: what is behind the
decimal point of a brightness is rounded here, and dropped there.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modelyard import BadInput, Image, Picture, Pipeline, Tensors

FACTOR = 64
MOST = 200_000
"""Pixels of a picture: the network looks at all of it at once, and takes 5 kB of memory for each."""


class LowLightEnhancer(Pipeline[Image, Picture]):
    """Brightens a dark photo."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "maxim")

    def preprocess(self, image: Image) -> Tensors:
        if image.width * image.height > MOST:
            raise BadInput(
                f"the picture has {image.width} × {image.height} pixels, and at most {MOST:,} are seen at once: "
                "send a smaller one, such as 500 × 400",
                code=413,
            )
        shares = image.pixels() / np.float32(255)
        (top, bottom), (left, right) = (around(side) for side in shares.shape[:2])
        mirrored = np.pad(shares, ((top, bottom), (left, right), (0, 0)), "reflect")
        return {self.model.inputs[0].name: mirrored[np.newaxis]}

    def postprocess(self, tensors: Tensors, image: Image) -> Picture:
        (made,) = tensors.values()
        (top, _), (left, _) = around(image.height), around(image.width)
        return Picture.from_shares(inner(made[0], top, left, image.height, image.width))


def around(side: int) -> tuple[int, int]:
    """How many pixels are mirrored before and after a side: one after an odd one, then as many on both."""
    even = side + side % 2
    before = (-even % FACTOR) // 2
    return before, before + side % 2


def inner(pixels: NDArray[np.float32], top: int, left: int, height: int, width: int) -> NDArray[np.float32]:
    """What is left of a mirrored picture without what was mirrored."""
    return pixels[top : top + height, left : left + width]
