"""Image to image: a picture made from a picture, such as a larger or a brighter one."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.tasks import canvas
from modelyard.tasks.task import AnswerFile, Measure, Task

_LARGEST = 200_000_000
"""Pixels of an answer that is read, so that a few bytes can't become more memory than there is."""
_QUICK, _SMALL = 1, 9
"""How hard PNG is compressed: for a client that waits, and for a file that is kept."""
_PATCH = 16


@dataclass(frozen=True)
class Picture:
    """A picture that a model made.

    Attributes:
        pixels: uint8 [height, width, 3], RGB.

    Raises:
        ValueError: It is no such array, or has no pixels.
    """

    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or not self.pixels.size:
            said = f"{self.pixels.dtype} {list(self.pixels.shape)}"
            raise ValueError(f"a picture is uint8 [height, width, 3] with at least one pixel, and this is {said}")

    @classmethod
    def from_shares(cls, shares: NDArray[np.floating]) -> Picture:
        """A picture from shares of full brightness; what is beyond 0 and 1 is cut off.

        Args:
            shares: [height, width, 3], RGB.
        """
        return cls(np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width, _ = self.pixels.shape
        return width, height


def psnr(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio of two pictures of one size, in dB: 20 log10(255 / rms), infinite for equal ones."""
    noise = _noise(first, second)
    return float(-20 * np.log10(noise)) if noise else float("inf")


def _noise(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    return float(np.sqrt(np.mean(_squares(first, second))))


def _squares(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32 [height, width]: the mean over the colours of the squared difference, as a share of full brightness."""
    gap = first.astype(np.float32) - second.astype(np.float32)
    squares: NDArray[np.float32] = ((gap / 255) ** 2).mean(axis=2)
    return squares


def _encode(answer: Picture) -> dict[str, Any]:
    return {"image_size": list(answer.size), "image": base64.b64encode(_png(answer, _QUICK)).decode()}


def _png(answer: Picture, effort: int) -> bytes:
    file = io.BytesIO()
    PIL.Image.fromarray(answer.pixels).save(file, "PNG", compress_level=effort)
    return file.getvalue()


def _decode(body: Mapping[str, Any]) -> Picture:
    try:
        answer = _read_png(base64.b64decode(body["image"], validate=True))
        width, height = body.get("image_size", answer.size)
    except (KeyError, TypeError, ValueError, OSError, SyntaxError, binascii.Error) as error:
        raise ModelyardError(f"this is no answer of image-to-image: {error!r}") from None
    if (width, height) != answer.size:
        raise ModelyardError(f"image_size says {width} × {height}, the picture is {answer.size[0]} × {answer.size[1]}")
    return answer


def _read_png(data: bytes) -> Picture:
    with PIL.Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        if picture.width * picture.height > _LARGEST:
            raise ValueError(f"a picture of {picture.width} × {picture.height} pixels is too large to be read")
        if picture.mode != "RGB":
            raise ValueError(f"the picture is RGB of 8 bits, and this one {picture.mode}")
        return Picture(np.array(picture, np.uint8))


def _difference(expected: Picture, got: Picture) -> dict[str, float]:
    if expected.size != got.size:
        return {"noise": 1.0, "patch": 1.0, "size": 1.0}
    squares = _squares(expected.pixels, got.pixels)
    return {"noise": float(np.sqrt(squares.mean())), "patch": float(np.sqrt(_noisiest(squares))), "size": 0.0}


def _noisiest(squares: NDArray[np.float32]) -> float:
    """The largest mean of any patch; those at the right and lower edge overlap others, for none is smaller."""
    height, width = squares.shape
    tall, wide = min(_PATCH, height), min(_PATCH, width)
    rows = sorted({*range(0, height - tall + 1, tall), height - tall})
    columns = sorted({*range(0, width - wide + 1, wide), width - wide})
    sums = np.zeros((height + 1, width + 1))
    sums[1:, 1:] = squares.cumsum(0, np.float64).cumsum(1)
    low, left = np.ix_(rows, columns)
    inside = sums[low + tall, left + wide] - sums[low, left + wide] - sums[low + tall, left] + sums[low, left]
    largest = float(inside.max())
    return float(max(0.0, largest) / (tall * wide))


def _describe(answer: Picture, labels: Sequence[str]) -> str:
    width, height = answer.size
    colours = ", ".join(
        f"{name} {share:.1%}" for name, share in zip(("red", "green", "blue"), _brightness(answer), strict=True)
    )
    return f"{width} × {height} pixels; on average {colours}"


def _brightness(answer: Picture) -> list[float]:
    return [float(mean) / 255 for mean in answer.pixels.reshape(-1, 3).mean(axis=0)]


def _draw(image: Image, answer: Picture, labels: Sequence[str]) -> PIL.Image.Image:
    """What was sent, as large as the answer, beside it; below, where both had to shrink, their middles as they are."""
    before, after = (
        image.picture().resize(answer.size, PIL.Image.Resampling.BICUBIC),
        PIL.Image.fromarray(answer.pixels),
    )
    rows = [(before, after)]
    if max(answer.size) > canvas.WIDTH:
        middle = _middle(*answer.size)
        rows = [(_fitted(before), _fitted(after)), (before.crop(middle), after.crop(middle))]
    return canvas.stacked([_beside(*row) for row in rows])


def _fitted(picture: PIL.Image.Image) -> PIL.Image.Image:
    return PIL.ImageOps.contain(picture, (canvas.WIDTH, canvas.WIDTH))


def _middle(width: int, height: int) -> tuple[int, int, int, int]:
    wide, tall = min(width, canvas.WIDTH), min(height, canvas.WIDTH // 2)
    left, top = (width - wide) // 2, (height - tall) // 2
    return left, top, left + wide, top + tall


def _beside(left: PIL.Image.Image, right: PIL.Image.Image) -> PIL.Image.Image:
    whole = PIL.Image.new("RGB", (left.width + canvas.GAP + right.width, max(left.height, right.height)), "white")
    whole.paste(left, (0, 0))
    whole.paste(right, (left.width + canvas.GAP, 0))
    return whole


def _write(answer: Picture, path: Path) -> None:
    path.write_bytes(_png(answer, _SMALL))


def _read(path: Path) -> Picture:
    try:
        return _read_png(path.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        raise ModelyardError(f"{path}: the expected answer can't be read ({error})") from None


# A red, a green, a blue and a white pixel.
_EXAMPLE = base64.b64encode(
    _png(Picture(np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255] * 3]], np.uint8)), _SMALL)
).decode()

TASK = Task(
    name="image-to-image",
    title="Image-to-Image Translation",
    input=Image,
    output=Picture,
    schema={
        "image_size": {
            "type": "array",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
            "description": "Width and height of the picture in the answer.",
            "example": [2, 2],
        },
        "image": {
            "type": "string",
            "format": "byte",
            "description": "The picture, a PNG file, as base64.",
            "example": _EXAMPLE,
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "noise": Measure(
            "root of the mean squared difference, as a share of full brightness: 10^(-PSNR/20), so 0.01 is 40 dB",
            0.004,
        ),
        "patch": Measure(f"the same, of the {_PATCH} × {_PATCH} pixels where it is largest", 0.02),
        "size": Measure("1 where the pictures have not one size", 0),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".png",
    write=_write,
    read=_read,
    file=AnswerFile("image/png", "image"),
)
