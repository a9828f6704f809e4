"""Image segmentation: a class for every pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks.target import Target, choose
from modelyard.tasks.task import Measure, Task


@dataclass(frozen=True)
class Segmentation:
    """A class for every pixel of a picture.

    Attributes:
        classes: uint8 [height, width], the class id of each pixel; id n is line n of the labels.
            Height and width are those that the network saw, not those of the picture sent.
    """

    classes: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.classes.shape
        return width, height


def palette() -> list[int]:
    """256 colours, flat R, G, B, …: the colour map of the PASCAL VOC development kit."""
    colours: list[int] = []
    for label in range(256):
        red = green = blue = 0
        for bit in range(8):
            red |= (label >> (3 * bit) & 1) << (7 - bit)
            green |= (label >> (3 * bit + 1) & 1) << (7 - bit)
            blue |= (label >> (3 * bit + 2) & 1) << (7 - bit)
        colours += [red, green, blue]
    return colours


def _encode(answer: Segmentation) -> dict[str, Any]:
    return {"image_size": list(answer.size), "seg_map": answer.classes}


def _decode(body: Mapping[str, Any]) -> Segmentation:
    try:
        width, height = body["image_size"]
        classes = np.asarray(body["seg_map"])
        if classes.dtype.kind not in "iu":
            raise TypeError(f"class ids are whole numbers, not {classes.dtype}")
        if not 0 <= classes.min(initial=0) <= classes.max(initial=0) <= 255:
            raise ValueError("class ids are 0 to 255")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ModelyardError(f"this is no answer of image-segmentation: {error!r}") from None
    if classes.shape != (height, width):
        raise ModelyardError(f"image_size says {width} × {height}, seg_map is {classes.shape[::-1]}")
    return Segmentation(classes.astype(np.uint8))


def _difference(expected: Segmentation, got: Segmentation) -> dict[str, float]:
    if expected.classes.shape != got.classes.shape:
        return {"differing": 1.0, "iou_loss": 1.0}
    return {
        "differing": float(np.mean(expected.classes != got.classes)),
        "iou_loss": 1 - _mean_iou(expected.classes, got.classes),
    }


def _mean_iou(expected: NDArray[np.uint8], got: NDArray[np.uint8]) -> float:
    """Intersection over union (Jaccard index), the mean over the classes that either map has."""
    counts = np.zeros((256, 256), np.int64)
    np.add.at(counts, (expected.ravel(), got.ravel()), 1)
    both = np.diag(counts)
    either = counts.sum(0) + counts.sum(1) - both
    present = either > 0
    return float(np.mean(both[present] / either[present]))


def _describe(answer: Segmentation, labels: Sequence[str]) -> str:
    ids, counts = np.unique(answer.classes, return_counts=True)
    shares = sorted(zip(counts / answer.classes.size, ids.tolist(), strict=True), reverse=True)[:5]
    named = ", ".join(f"{labels[i] if i < len(labels) else i} {share:.1%}" for share, i in shares)
    return f"{answer.size[0]} × {answer.size[1]}: {named}"


def _observe(answer: Segmentation) -> list[tuple[int | str, float | None]]:
    """The classes present, looked for in every fourth pixel each way: a thing of a few pixels is no news."""
    counts = np.bincount(answer.classes[::4, ::4].ravel())
    return [(label, None) for label in np.flatnonzero(counts).tolist()]


def _draw(image: Image, answer: Segmentation, labels: Sequence[str]) -> PIL.Image.Image:
    """The classes in colour over the picture, the background left as it is."""
    photo = image.picture().resize(answer.size, PIL.Image.Resampling.BILINEAR)
    mask = _indexed(answer).convert("RGB")
    shown = PIL.Image.fromarray(np.where(answer.classes > 0, 160, 0).astype(np.uint8))
    return PIL.Image.composite(mask, photo, shown)


def _indexed(answer: Segmentation) -> PIL.Image.Image:
    picture = PIL.Image.fromarray(answer.classes)
    picture.putpalette(palette())
    return picture


def _write(answer: Segmentation, path: Path) -> None:
    _indexed(answer).save(path, "PNG", optimize=True)


def _read(path: Path) -> Segmentation:
    try:
        with PIL.Image.open(path, formats=("PNG",)) as picture:
            if picture.mode not in ("P", "L"):
                raise ModelyardError(f"{path}: an expected answer is a PNG with a palette, not {picture.mode}")
            return Segmentation(np.array(picture, np.uint8))
    except (OSError, SyntaxError, ValueError) as error:
        raise ModelyardError(f"{path}: the expected answer can't be read ({error})") from None


def _target(answer: Segmentation, wanted: str, labels: Sequence[str]) -> Target[Segmentation]:
    """A class, by its name or its id: that of the most pixels, the background (id 0) only where there is nothing else.

    Another answer says so as far as the same pixels have it (intersection over union).
    """
    counts = np.bincount(answer.classes.ravel(), minlength=1)
    ids = sorted(np.flatnonzero(counts).tolist(), key=lambda one: (one == 0, -counts[one]))
    name, number = choose(wanted, [(labels[one] if one < len(labels) else str(one), (str(one),), one) for one in ids])
    mask = answer.classes == number

    def says(other: Segmentation) -> float:
        classes = PIL.Image.fromarray(other.classes).resize(answer.size, PIL.Image.Resampling.NEAREST)
        same = np.asarray(classes) == number
        return float((mask & same).sum() / (mask | same).sum())

    return Target(name, says)


TASK = Task(
    name="image-segmentation",
    title="Image Segmentation",
    input=Image,
    output=Segmentation,
    schema={
        "image_size": {
            "type": "array",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
            "description": "Width and height of the map: the picture's, resized to what the network sees.",
            "example": [3, 2],
        },
        "seg_map": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "integer"}},
            "description": "Rows of class ids from top to bottom; /model/labels names them.",
            "example": [[0, 0, 15], [0, 15, 15]],
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "differing": Measure("share of pixels whose class differs, 0 to 1", 0.01),
        "iou_loss": Measure("1 - mean intersection over union of the classes in either map", 0.05),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".png",
    write=_write,
    read=_read,
    observe=_observe,
    target=_target,
)
