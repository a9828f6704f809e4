"""Photos of scikit-image, scaled down by two, held to what they were."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.metrics.image_to_image import Truth

PHOTOS = {
    "astronaut.png": "colour",
    "chelsea.png": "colour",
    "coffee.png": "colour",
    "motorcycle_left.png": "colour",
    "rocket.jpg": "colour",
    "camera.png": "grey",
    "coins.png": "grey",
    "brick.png": "grey",
    "gravel.png": "grey",
    "page.png": "grey",
}
LARGEST = 320
"""Pixels of a side; of larger photos the middle is taken, so that all ten take half a minute."""


def items(data: Path) -> Iterator[Item]:
    """Each photo at half its size; by a simple method means by bicubic interpolation. Both are Pillow's."""
    for name, colours in PHOTOS.items():
        with PIL.Image.open(data / "photos" / name) as photo:
            whole = middle(photo.convert("RGB"))
        width, height = whole.size
        half = whole.resize((width // 2, height // 2), PIL.Image.Resampling.BICUBIC)
        file = io.BytesIO()
        half.save(file, "PNG")
        plain = half.resize(whole.size, PIL.Image.Resampling.BICUBIC)
        yield Item(name, file.getvalue(), Truth(np.asarray(whole), np.asarray(plain)), slices={"colours": colours})


def middle(photo: PIL.Image.Image) -> PIL.Image.Image:
    """The middle of a photo, of an even number of pixels each way."""
    width, height = (min(LARGEST, side) // 2 * 2 for side in photo.size)
    left, top = (photo.width - width) // 2, (photo.height - height) // 2
    return photo.crop((left, top, left + width, top + height))
