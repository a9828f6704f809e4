"""A dozen pictures of scikit-image: four of something that the model knows, drawn round by hand, eight of nothing.

It finds out whether something is broken, and is no benchmark: PASCAL VOC's own pictures may not be redistributed.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.metrics.image_segmentation import UNLABELLED

LONGER_SIDE = 513
BACKGROUND, CAT, MOTORBIKE, PERSON = 0, 8, 14, 15
DRAWN: dict[str, tuple[tuple[int, str], ...]] = {
    "astronaut.png": (
        (
            PERSON,
            "200,30 275,45 290,105 265,180 290,220 300,280 335,310 300,350 275,410 268,500 90,500 "
            "45,450 50,350 85,270 125,240 150,190 185,170 165,60",
        ),
        (
            BACKGROUND,
            "80,10 140,10 140,110 90,130",
        ),
        (
            BACKGROUND,
            "320,10 370,10 360,180 350,230 320,240 310,120",
        ),
    ),
    "chelsea.png": (
        (
            CAT,
            "50,5 320,5 355,60 350,140 320,210 300,270 260,290 120,290 40,200 35,60",
        ),
        (
            BACKGROUND,
            "400,80 445,80 445,290 390,290 380,220",
        ),
    ),
    "motorcycle_left.png": (
        (
            MOTORBIKE,
            "159,190 341,190 477,173 534,139 557,184 568,264 636,298 670,377 625,440 545,389 517,298 "
            "477,275 455,366 341,372 273,377 182,389 131,320 148,264 227,252 125,218",
        ),
        (
            BACKGROUND,
            "10,465 500,470 500,498 10,498",
        ),
        (
            BACKGROUND,
            "610,190 680,190 680,270 620,270",
        ),
    ),
    "camera.png": (
        (
            PERSON,
            "166,99 200,75 257,88 263,161 245,195 290,218 290,275 245,300 166,320 143,377 120,420 "
            "10,420 8,275 64,170 143,120",
        ),
        (
            BACKGROUND,
            "5,5 505,5 505,50 300,50 5,55",
        ),
        (
            BACKGROUND,
            "415,260 505,260 505,490 440,490 410,400",
        ),
    ),
}
"""Polygons round what is certain, in the pictures' own pixels; rims and a toy shuttle are in none, and don't count."""
EMPTY = (
    "brick.png",
    "coins.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "moon.png",
    "page.png",
    "rocket.jpg",
)


def items(data: Path) -> Iterator[Item]:
    """Each picture, with the classes of the pixels that are certain."""
    for name in (*DRAWN, *EMPTY):
        file = data / "photos" / name
        with PIL.Image.open(file) as picture:
            truth = labelled(picture.size, DRAWN.get(name))
        yield Item(name, file.read_bytes(), truth, slices={"holds": "something" if name in DRAWN else "nothing"})


def labelled(size: tuple[int, int], drawn: Sequence[tuple[int, str]] | None) -> NDArray[np.uint8]:
    """uint8 [height, width] at the answer's size; background everywhere, where nothing is drawn."""
    ratio = LONGER_SIDE / max(size)
    classes = PIL.Image.new(
        "L", (int(size[0] * ratio), int(size[1] * ratio)), BACKGROUND if drawn is None else UNLABELLED
    )
    pen = PIL.ImageDraw.Draw(classes)
    for label, places in drawn or ():
        corners = [tuple(float(number) * ratio for number in corner.split(",")) for corner in places.split()]
        pen.polygon(corners, fill=label)
    return np.asarray(classes)
