"""A photo of a garment as the network knows them: as Fashion-MNIST made them of a shop's photos.

Section 2 of https://arxiv.org/abs/1708.07747: trimmed to what differs from the background, the longer edge resized to
28 pixels, sharpened, put into the middle of a square, in shades of grey, and negated, so that the background is 0.
"""

import numpy as np
import PIL.Image
import PIL.ImageFilter
from numpy.typing import NDArray

from modelyard import BadInput, Image

SIDE = 28
_ALIKE = 13
"""How far a pixel's colour may be from the background's to belong to it: 5 % of 255, as in the paper."""
_SPECKS = 0.002
"""The share of a row or column that must differ, lest a speck of dust count for a garment."""
_BRIGHT = 128
_DRAFT = (16 * SIDE, 16 * SIDE)


def prepared(image: Image) -> NDArray[np.uint8]:
    """The garment in a picture, in shades of grey upon black.

    A picture of 28 × 28 pixels is taken to be prepared, as those of the data set are, and only negated where its
    background is bright. Of any other, the background is the median colour of its edge. A bright one stands for the
    shop's white: the picture is negated. A dark one is as the data set has it.

    Returns:
        uint8 [28, 28].

    Raises:
        BadInput: There is nothing but background.
    """
    picture = image.picture(draft_for=_DRAFT)
    if picture.size == (SIDE, SIDE):
        grey = np.asarray(picture.convert("L"))
        return 255 - grey if np.median(_edge(grey)) >= _BRIGHT else grey
    pixels = np.asarray(picture)
    background = np.median(_edge(pixels), axis=0)
    differs = np.abs(pixels - background).max(axis=2) > _ALIKE
    rows = np.flatnonzero(differs.mean(axis=1) > _SPECKS)
    columns = np.flatnonzero(differs.mean(axis=0) > _SPECKS)
    if not rows.size or not columns.size:
        raise BadInput("the picture shows nothing but its background: send a photo of one garment, apart from the rest")
    grey = np.asarray(picture.convert("L"))
    luma = np.asarray(PIL.Image.fromarray(background.round().astype(np.uint8).reshape(1, 1, 3)).convert("L")).item()
    garment = np.where(differs, 255 - grey if luma >= _BRIGHT else grey, 0).astype(np.uint8)
    return _fitted(garment[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _edge(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The outermost pixels, in a row."""
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _fitted(garment: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Resized to fill a square in one direction, in the middle of it in the other."""
    height, width = garment.shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = PIL.Image.fromarray(garment).resize(size, PIL.Image.Resampling.BOX)
    small = small.filter(PIL.ImageFilter.UnsharpMask(radius=1, percent=50, threshold=0))
    square = PIL.Image.new("L", (SIDE, SIDE))
    square.paste(small, ((SIDE - size[0]) // 2, (SIDE - size[1]) // 2))
    return np.asarray(square)
