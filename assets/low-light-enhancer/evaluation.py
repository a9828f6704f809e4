"""Photos of scikit-image, exposed a sixteenth as long with the noise of a sensor, held to what they were."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.metrics.image_to_image import Truth

PHOTOS = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "motorcycle_left.png",
    "rocket.jpg",
    "camera.png",
    "coins.png",
    "ihc.png",
)
SIDE = 192
"""Pixels of the longer side, so that all of it takes a minute."""
GAMMA = 2.2
ELECTRONS, READ = 4_000, 4
"""What a pixel of the sensor holds when it is full, and the noise of reading it: a small camera's."""
EXPOSURES = {"a sixteenth": 1 / 16, "a fiftieth": 1 / 50}


def items(data: Path) -> Iterator[Item]:
    """Each photo in the dark. The simple method stretches its brightnesses until a hundredth of the pixels is white."""
    for number, name in enumerate(PHOTOS):
        with PIL.Image.open(data / "photos" / name) as photo:
            whole = photo.convert("RGB")
        whole.thumbnail((SIDE, SIDE), PIL.Image.Resampling.LANCZOS)
        truth = np.asarray(whole)
        for said, exposure in EXPOSURES.items():
            dark = darkened(truth, exposure, np.random.default_rng(number))
            file = io.BytesIO()
            PIL.Image.fromarray(dark).save(file, "PNG")
            white = max(1.0, float(np.percentile(dark, 99)))
            plain = np.clip(dark * (255 / white), 0, 255).astype(np.uint8)
            yield Item(f"{name}, {said}", file.getvalue(), Truth(truth, plain), slices={"exposure": said})


def darkened(pixels: NDArray[np.uint8], exposure: float, random: np.random.Generator) -> NDArray[np.uint8]:
    """A photo as a sensor would have taken it in so much less time: fewer electrons, the same noise of reading."""
    electrons = random.poisson((pixels / 255) ** GAMMA * exposure * ELECTRONS) + random.normal(0, READ, pixels.shape)
    return np.rint(255 * np.clip(electrons / ELECTRONS, 0, 1) ** (1 / GAMMA)).astype(np.uint8)
