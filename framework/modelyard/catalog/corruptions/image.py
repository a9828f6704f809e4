"""Pictures: after Hendrycks and Dietterich, "Benchmarking neural network robustness" (2019); and turned phones."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
import PIL.Image
import PIL.ImageEnhance
import PIL.ImageFilter

from modelyard.catalog.corruptions import Corruption
from modelyard.image import Image

Picture = PIL.Image.Image
Change = Callable[[Picture, int, np.random.Generator], Picture]

_NOISE = {1: 10.0, 2: 25.0}
"""Standard deviation, of 255 levels."""
_BLUR = {1: 0.004, 2: 0.01}
"""Standard deviation of the filter, as a share of the shorter side; at least half a pixel for each severity."""
_JPEG = {1: 25, 2: 8}
_BRIGHTNESS = {1: 1.4, 2: 0.4}
_CONTRAST = {1: 0.6, 2: 0.3}
_SCALE = {1: 0.5, 2: 0.25}
_FEWEST = 16
_PLAIN = 4_000_000
"""Pixels that are sent as they are, at most: with three channels, well below the largest body."""


def _kept(change: Change) -> Corruption:
    """A change of pixels, kept without further loss: as they are, which takes no time, or smaller if they are many."""

    def corrupt(data: bytes, severity: int, chance: np.random.Generator) -> bytes:
        changed = change(Image.parse(data).picture(), severity, chance)
        file = io.BytesIO()
        if changed.width * changed.height <= _PLAIN:
            changed.save(file, "TIFF")
        else:
            changed.save(file, "PNG", compress_level=1)
        return file.getvalue()

    return corrupt


def _noise(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    pixels = np.asarray(picture, np.float32)
    noisy = pixels + chance.normal(0, _NOISE[severity], pixels.shape)
    return PIL.Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


def _blur(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    return picture.filter(PIL.ImageFilter.GaussianBlur(max(0.5 * severity, _BLUR[severity] * min(picture.size))))


def _brightness(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    return PIL.ImageEnhance.Brightness(picture).enhance(_BRIGHTNESS[severity])


def _contrast(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    return PIL.ImageEnhance.Contrast(picture).enhance(_CONTRAST[severity])


def _scale(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    width, height = (max(_FEWEST, round(side * _SCALE[severity])) for side in picture.size)
    return picture.resize((width, height), PIL.Image.Resampling.BILINEAR, reducing_gap=None)


def _rotation(picture: Picture, severity: int, chance: np.random.Generator) -> Picture:
    turned = PIL.Image.Transpose.ROTATE_90 if severity == 1 else PIL.Image.Transpose.ROTATE_180
    return picture.transpose(turned)


def _jpeg(data: bytes, severity: int, chance: np.random.Generator) -> bytes:
    file = io.BytesIO()
    Image.parse(data).picture().save(file, "JPEG", quality=_JPEG[severity])
    return file.getvalue()


CORRUPTIONS: Mapping[str, Corruption] = {
    "noise": _kept(_noise),
    "blur": _kept(_blur),
    "jpeg": _jpeg,
    "brightness": _kept(_brightness),
    "contrast": _kept(_contrast),
    "scale": _kept(_scale),
    "rotation": _kept(_rotation),
}
