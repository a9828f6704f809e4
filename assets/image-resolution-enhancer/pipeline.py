"""A residual dense network (RDN) that doubles a picture's width and height, tile by tile.

The network, and how it is fed, are those of `ISR/models/imagemodel.py` and `ISR/utils/image_processing.py` of ISR
2.2.0: shares of full brightness in, the picture continued beyond its edges by its outermost pixels, the answer cut off
at 0 and 1. Two things differ. ISR drops what is behind the decimal point of a brightness, so that its pictures are half
a level of 255 too dark; here it is rounded. And ISR's tiles overlap by 2 pixels, which leaves seams of up to 15 levels.
"""

from pathlib import Path

import numpy as np

from modelyard import BadInput, Image, Picture, Pipeline, Tensors

SCALE = 2
MOST = 500_000
"""Pixels of a picture, for an answer in some twenty seconds on two cores."""
MARGIN = 12
"""Pixels around a tile that only help to see what is in it. The network sees 38 pixels far; what is beyond 12 moves no
brightness by more than 0.05 levels of 255."""
TILE = 136
"""Pixels of a tile's sides at most, without the margin: for each pixel that it sees, the network takes 12 kB."""


class ImageResolutionEnhancer(Pipeline[Image, Picture]):
    """Makes a picture twice as wide and twice as high."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "rdn")

    def preprocess(self, image: Image) -> Tensors:
        if image.width * image.height > MOST:
            raise BadInput(
                f"the picture has {image.width} × {image.height} pixels, and at most {MOST:,} are enlarged at a time: "
                "cut it up, or send a smaller one",
                code=413,
            )
        shares = image.pixels() / np.float32(255)
        return {
            self.model.inputs[0].name: np.pad(shares, ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0)), "edge")[np.newaxis]
        }

    def infer(self, tensors: Tensors) -> Tensors:
        ((name, padded),) = tensors.items()
        height, width = padded.shape[1] - 2 * MARGIN, padded.shape[2] - 2 * MARGIN
        tall, wide = tile(height), tile(width)
        larger = np.empty((1, height * SCALE, width * SCALE, 3), np.float32)
        for top in starts(height, tall):
            for left in starts(width, wide):
                seen = padded[:, top : top + tall + 2 * MARGIN, left : left + wide + 2 * MARGIN]
                (made,) = self.model({name: np.ascontiguousarray(seen)}).values()
                rows = slice(top * SCALE, (top + tall) * SCALE)
                columns = slice(left * SCALE, (left + wide) * SCALE)
                larger[:, rows, columns] = made[:, MARGIN * SCALE : -MARGIN * SCALE, MARGIN * SCALE : -MARGIN * SCALE]
        return {self.model.outputs[0].name: larger}

    def postprocess(self, tensors: Tensors, image: Image) -> Picture:
        (larger,) = tensors.values()
        return Picture.from_shares(larger[0])


def tile(length: int) -> int:
    """The side of the tiles that a side of a picture is cut into: as few as may be, all of one size."""
    return -(-length // -(-length // TILE))


def starts(length: int, side: int) -> list[int]:
    """Where the tiles begin, the last one moved inwards to fit."""
    return [min(number * side, length - side) for number in range(-(-length // side))]
