"""Three people whose parts were marked by hand, as views that move, turn, mirror, shrink and combine their photos.

Where a part is in a view follows exactly from where it is in the photo.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageEnhance
from numpy.typing import NDArray

from modelyard import BodyPart, Person
from modelyard.catalog.evaluation.item import Item
from modelyard.tasks.human_pose_estimation import PARTS

COUNT = 120
SEED = 20
TILE = 480
"""Pixels of the square that each photo gets in a view."""

PHOTOS = {
    "astronaut": (
        "images/astronaut.png",
        {
            "Nose": (224, 128), "REye": (203, 101), "LEye": (247, 103), "REar": (175, 120), "LEar": (273, 128),
            "Neck": (207, 257), "RShoulder": (100, 250), "LShoulder": (315, 265), "RElbow": (60, 435),
            "RWrist": (175, 480),
        },
    ),
    "admiral": (
        "grace_hopper.jpg",
        {
            "Nose": (266, 240), "REye": (221, 190), "LEye": (305, 188), "REar": (165, 215), "LEar": (362, 212),
            "Neck": (277, 425), "RShoulder": (85, 425), "LShoulder": (470, 425),
        },
    ),
    "photographer": (
        "images/camera.png",
        {
            "Nose": (253, 165), "REye": (235, 147), "REar": (187, 140), "RShoulder": (95, 170), "RElbow": (85, 305),
            "RWrist": (185, 240), "LElbow": (235, 290), "LWrist": (285, 245),
        },
    ),
}  # fmt: skip
"""What can be seen of each person, in pixels of the photo; left and right are the person's own."""


@dataclass(frozen=True)
class Photo:
    """One of the photos, with the places of the parts."""

    picture: PIL.Image.Image
    parts: dict[str, tuple[int, int]]


def items(data: Path) -> Iterator[Item]:
    """The views, the same ones every time."""
    photos = {name: Photo(PIL.Image.open(data / file).convert("RGB"), parts) for name, (file, parts) in PHOTOS.items()}
    for number in range(COUNT):
        yield view(number, photos)


def view(number: int, photos: dict[str, Photo]) -> Item:
    """One to three of the photos beside each other, each of them moved."""
    random = np.random.default_rng([SEED, number])
    names = random.permutation(sorted(photos))[: number % 3 + 1].tolist()
    # Smaller and smaller people, as if seen from farther away.
    size = float(random.uniform(0.45, 1.0))
    ground = tuple(random.integers(90, 230, 3).tolist())
    whole = PIL.Image.new("RGB", (TILE * len(names), TILE), ground)
    people = []
    for place, name in enumerate(names):
        mirrored = bool(random.random() < 0.5)
        matrix = moved(photos[name].picture.size, mirrored, size, float(random.uniform(-12, 12)), random)
        tile = placed(photos[name].picture, matrix, ground)
        whole.paste(tile, (place * TILE, 0))
        people.append(person(photos[name].parts, matrix, place * TILE, mirrored))
    whole = PIL.ImageEnhance.Brightness(whole).enhance(float(random.uniform(0.7, 1.2)))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=int(random.integers(60, 95)))
    slices = {"people": str(len(names)), "size": "large" if size > 0.72 else "small"}
    if len(names) == 1:
        slices["photo"] = names[0]
    return Item(f"view {number}", file.getvalue(), people, slices=slices)


def moved(
    size: tuple[int, int], mirrored: bool, scale: float, degrees: float, random: np.random.Generator
) -> NDArray[np.float64]:
    """[2, 3], from pixels of a photo to pixels of its tile, which it doesn't leave by much."""
    width, height = size
    ratio = TILE / max(size) * scale
    turn = np.deg2rad(degrees)
    matrix = ratio * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    if mirrored:
        matrix = matrix @ np.diag([-1.0, 1.0])
    room = (TILE - ratio * np.array(size)) / 2
    middle = TILE / 2 + random.uniform(-room, room)
    return np.column_stack([matrix, middle - matrix @ [width / 2, height / 2]])


def placed(picture: PIL.Image.Image, matrix: NDArray[np.float64], ground: tuple[int, ...]) -> PIL.Image.Image:
    """The tile; Pillow is told where each of its pixels comes from."""
    # Shrunk beforehand, because the move itself takes single pixels.
    ratio = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    small = picture.resize((round(picture.width * ratio), round(picture.height * ratio)), PIL.Image.Resampling.LANCZOS)
    onto = np.vstack([matrix @ np.diag([picture.width / small.width, picture.height / small.height, 1]), [0, 0, 1]])
    back = np.linalg.inv(onto)[:2].ravel().tolist()
    return small.transform(
        (TILE, TILE), PIL.Image.Transform.AFFINE, back, PIL.Image.Resampling.BICUBIC, fillcolor=ground
    )


def person(parts: dict[str, tuple[int, int]], matrix: NDArray[np.float64], left: int, mirrored: bool) -> Person:
    """Where the parts are in the view; in a mirror, left is right."""
    found = []
    for name, (x, y) in parts.items():
        across, down = matrix @ [x + 0.5, y + 0.5, 1]
        if 0 <= across < TILE and 0 <= down < TILE:
            named = name.translate(str.maketrans("LR", "RL")) if mirrored and name[0] in "LR" else name
            found.append(BodyPart(PARTS.index(named), left + int(across), int(down), 1.0))
    return Person(tuple(sorted(found, key=lambda part: part.part)))
