"""Drawing what counts: warm where it does, faded where it doesn't."""

from __future__ import annotations

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

_SMALLEST = 240
_FADED = 0.45
_WARM = np.array([[255, 255, 255], [255, 214, 102], [245, 130, 32], [190, 24, 38]], np.float64)
"""From what doesn't count to what counts most."""


def colours(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour for each share.

    Args:
        shares: Any shape, 0 to 1.

    Returns:
        [..., 3], 0 to 255.
    """
    stops = np.linspace(0, 1, len(_WARM))
    return np.stack([np.interp(shares, stops, _WARM[:, channel]) for channel in range(3)], axis=-1)


def over(photo: PIL.Image.Image, saliency: NDArray[np.float64]) -> PIL.Image.Image:
    """A picture with what counts in it in warm colours.

    Args:
        photo: The picture, RGB.
        saliency: [rows, columns], 0 to 1, from its upper left to its lower right corner.
    """
    if max(photo.size) < _SMALLEST:
        photo = PIL.ImageOps.contain(photo, (_SMALLEST, _SMALLEST), PIL.Image.Resampling.NEAREST)
    grid = PIL.Image.fromarray(saliency.astype(np.float32))
    shares = np.clip(np.asarray(grid.resize(photo.size, PIL.Image.Resampling.BICUBIC), np.float64), 0, 1)
    grey = np.asarray(photo.convert("L"), np.float64)[..., np.newaxis]
    pale = 255 - _FADED * (255 - (0.5 * grey + 0.5 * np.asarray(photo, np.float64)))
    strong = np.asarray(photo, np.float64)
    weight = shares[..., np.newaxis]
    tint = colours(shares)
    mixed = (1 - weight) * pale + weight * (0.4 * strong + 0.6 * tint)
    return PIL.Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8))
