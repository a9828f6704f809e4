"""A hundred faces and a hundred patches without one, put into pictures at places and in sizes that are known."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard import Box
from modelyard.catalog.evaluation.item import Item

FACES = 100
"""The first patches are faces, the others are not."""
SEED = 7
SIDE = 256
FACE = (0.06, 0.12, 0.92, 0.98)
"""Left, top, right, bottom of the face in a patch, chosen by eye for all of them: they are aligned."""
SHAPES = ((SIDE, SIDE), (SIDE + 64, SIDE), (SIDE, SIDE + 64))
"""Width and height: what is done for pictures that are no squares must be undone in the answer."""
TINT = np.array([1.0, 0.8, 0.68])
"""Red, green and blue of a patch's grey: faces are no grey, and nobody could tell their channels apart if they were."""
TOGETHER = 100
UNLIKELY = 0.05
"""What the model finds less likely than this plays no part in any figure."""


def items(data: Path) -> Iterator[Item]:
    """Every patch alone in a picture, then pictures of four patches, none to four of them faces."""
    patches = (np.load(data / "lfw_subset.npy") * 255).astype(np.uint8)
    for number in range(len(patches)):
        random = np.random.default_rng([SEED, number])
        side = int(random.integers(64, 220))
        place = random.integers(0, SIDE - side + 1, 2).tolist()
        yield _item(f"patch {number}", patches, [(number, side, place)], random, "alone")
    for number in range(TOGETHER):
        random = np.random.default_rng([SEED, len(patches) + number])
        faces = number % 5
        chosen = [
            *random.choice(FACES, faces, replace=False),
            *(FACES + random.choice(len(patches) - FACES, 4 - faces, replace=False)),
        ]
        placed = []
        for patch, corner in zip(chosen, random.permutation(4), strict=True):
            side = int(random.integers(80, 125))
            down, right = divmod(int(corner), 2)
            place = (random.integers(0, SIDE // 2 - side + 1, 2) + np.array([right, down]) * SIDE // 2).tolist()
            placed.append((int(patch), side, place))
        yield _item(f"four {number}", patches, placed, random, "four together")


def _item(
    name: str,
    patches: NDArray[np.uint8],
    placed: list[tuple[int, int, list[int]]],
    random: np.random.Generator,
    kind: str,
) -> Item:
    """A picture with patches upon grey, each with its side and the place of its left upper corner."""
    width, height = SHAPES[int(random.integers(len(SHAPES)))]
    picture = PIL.Image.new("RGB", (width, height), (int(random.integers(60, 200)),) * 3)
    truth = []
    for patch, side, (left, top) in placed:
        pasted = np.asarray(PIL.Image.fromarray(patches[patch]).resize((side, side), PIL.Image.Resampling.BICUBIC))
        picture.paste(PIL.Image.fromarray((pasted[..., np.newaxis] * TINT).astype(np.uint8)), (left, top))
        if patch < FACES:
            x1, y1, x2, y2 = (edge * side for edge in FACE)
            truth.append(Box((top + y1) / height, (left + x1) / width, (top + y2) / height, (left + x2) / width))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return Item(name, file.getvalue(), truth, {"threshold": UNLIKELY}, {"patches": kind})
