"""Pictures: light, colour, noise, sharpness, traces of compression, size, and which way is up.

What needs neighbouring pixels is measured on patches as they came, without resizing, in rows and columns of eights
as JPEG has them; so a photo of 12 megapixels costs what one of 300,000 does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.image import Image

STATISTICS: Mapping[str, str] = {
    "brightness": "mean level of grey, 0 to 255",
    "contrast": "standard deviation of the levels of grey",
    "colour": "mean distance between the strongest and the weakest of red, green and blue",
    "noise": "standard deviation of the noise, in levels of grey (Immerkær, 1996)",
    "sharpness": "energy of second differences over that of first differences of neighbours two apart",
    "blocks": "difference of neighbours across the borders of 8 × 8 blocks, over that within blocks",
    "shorter_side": "pixels of the shorter side",
    "aspect": "logarithm of width over height",
    "light_from_above": "mean level of grey of the upper half less that of the lower",
    "light_from_left": "mean level of grey of the left half less that of the right",
    "grain": "logarithm of the differences from left to right over those from top to bottom",
}

_PATCH = 32
_ACROSS = 4
"""Patches in a row and in a column, at most."""
_EVERY = 4
"""Rows of which one is enough for the colour."""
_LEAST = 8
_EPSILON = 1e-3

Grey = NDArray[np.float32]


def measure(sent: Image, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a picture."""
    picture = sent.picture()
    width, height = picture.size
    patches, colour = _patches(picture)
    found = {
        "shorter_side": float(min(width, height)),
        "aspect": math.log(width / height),
        "colour": colour,
        "brightness": float(patches.mean()),
        "contrast": float(patches.std()),
    }
    if width > 1 and height > 1:
        found["light_from_above"] = _slope(patches.mean(axis=(1, 3)).ravel())
        found["light_from_left"] = _slope(patches.mean(axis=(0, 2)).ravel())
    if min(patches.shape[2:]) >= _LEAST:
        found |= _texture(patches.reshape(-1, *patches.shape[2:]))
    return found


def _slope(means: NDArray[np.float32]) -> float:
    half = len(means) // 2
    return float(means[:half].mean() - means[-half:].mean())


def _patches(picture: PIL.Image.Image) -> tuple[Grey, float]:
    """Float32 [rows, columns, height, width], levels of grey of patches all over the picture; and its colour."""
    width, height = picture.size
    lefts, tops = _places(width), _places(height)
    across, down = min(width, _PATCH), min(height, _PATCH)
    # One below the other, so that Pillow and NumPy are asked once for all of them.
    column = PIL.Image.new("RGB", (across, down * len(tops) * len(lefts)))
    for number, (top, left) in enumerate((top, left) for top in tops for left in lefts):
        column.paste(picture.crop((left, top, left + across, top + down)), (0, number * down))
    red, green, blue = np.moveaxis(np.asarray(column)[::_EVERY], -1, 0)
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    grey = np.asarray(column.convert("L"), np.float32)
    return grey.reshape(len(tops), len(lefts), down, across), float(spread.mean())


def _places(side: int) -> list[int]:
    """Where patches begin, at multiples of eight: one where the side has room for no more."""
    count = min(_ACROSS, max(1, side // _PATCH))
    if count == 1:
        return [max(0, side - _PATCH) // 16 * 8]
    return [(side - _PATCH) * number // (count - 1) // 8 * 8 for number in range(count)]


def _texture(patches: Grey) -> dict[str, float]:
    """What neighbouring pixels tell; patches are [patches, height, width], and begin at a border of blocks."""
    right, down = patches[:, :, 1:] - patches[:, :, :-1], patches[:, 1:] - patches[:, :-1]
    across, along = np.abs(right).mean(axis=(0, 1)), np.abs(down).mean(axis=(0, 2))
    # The mask of Immerkær's is the difference of two Laplacians: of second differences, once each way.
    second = right[:, :, 1:] - right[:, :, :-1]
    mask = second[:, 2:] - 2 * second[:, 1:-1] + second[:, :-2]
    noise = math.sqrt(math.pi / 2) / 6 * float(np.abs(mask).mean())
    wide = patches[:, :, 2:] - patches[:, :, :-2]
    sharpness = _energy(second) / (_energy(wide) + _EPSILON)
    found = {
        "noise": noise,
        "sharpness": sharpness,
        "grain": math.log((float(across.mean()) + _EPSILON) / (float(along.mean()) + _EPSILON)),
    }
    if min(len(across), len(along)) > _LEAST:
        borders = float(across[7::8].mean() + along[7::8].mean())
        # Pixel 3 to 4 of a block, as far from its borders as can be, and those beside it.
        within = sum(float(one[at::8].mean()) for one in (across, along) for at in (2, 3, 4)) / 3
        found["blocks"] = math.log((borders + _EPSILON) / (within + _EPSILON))
    return found


def _energy(values: Grey) -> float:
    flat = values.ravel()
    return float(flat @ flat) / flat.size
