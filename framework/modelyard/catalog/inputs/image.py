"""Pictures: every mode that files have, turned by the camera, tiny, very wide, damaged.

However it is stored, a picture has one answer: those that are turned by EXIF, or whose greys have 16 bits, are held to
the answer of the same pixels, upright, in 8 bits.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import PIL.Image

from modelyard.bounds import Bounds
from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.image import Image

_LONGEST = 192
_ORIENTATION = 0x0112
# What makes a picture upright again, by EXIF's number for how the camera was held: its inverse is how it is stored.
_STORED = {
    3: PIL.Image.Transpose.ROTATE_180,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_90,
    8: PIL.Image.Transpose.ROTATE_270,
}
_UPRIGHT = "upright"


def strong() -> bytes:
    """A bright picture: a sun over hills."""
    across, down = np.meshgrid(np.arange(96), np.arange(64))
    pixels = np.stack([150 + across, 235 - down, 255 - down], axis=2).clip(0, 255)
    pixels[(across - 70) ** 2 + (down - 18) ** 2 < 120] = (255, 230, 90)
    pixels[down > 44 + 6 * np.sin(across / 11)] = (90, 170, 80)
    return _encoded(PIL.Image.fromarray(pixels.astype(np.uint8)), "PNG")


def weak() -> bytes:
    """A dark one: a lamp in the night."""
    across, down = np.meshgrid(np.arange(96), np.arange(64))
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[(across - 20) ** 2 + (down - 30) ** 2 < 9] = (250, 220, 160)
    return _encoded(PIL.Image.fromarray(pixels), "PNG")


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no picture, and what is no whole one."""
    whole = strong()
    return {
        "notes.txt": (b"This is no picture.\n", "Written by `modelyard new`"),
        "empty.png": (b"", "A file of no bytes"),
        "truncated.png": (whole[: len(whole) // 2], "The first half of strong.png"),
    }


SEED = Seed(
    suffix=".png",
    strong=strong,
    weak=weak,
    bad=bad,
    code=(
        "pixels = image.pixels((16, 16)).astype(np.float32) / 255",
        'return {"input": pixels.reshape(1, -1)}',
    ),
    domain="Vision",
    input_format="A picture as JPEG, PNG, TIFF, WebP, BMP or GIF",
)


def seen(data: bytes) -> Seen:
    """The picture itself, upright."""
    with PIL.Image.open(io.BytesIO(data)) as file:
        media_type = file.get_format_mimetype() or Image.media_types[0]
    return Seen(media_type, picture=Image.parse(data).picture())


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Pictures of every sort, made of one.

    Args:
        sample: An ordinary picture, which is made smaller; one that is drawn here if left out.
    """
    ordinary = Image.parse(sample or strong()).picture().copy()
    ordinary.thumbnail((_LONGEST, _LONGEST))
    stored = _turned_jpeg(ordinary, 6)
    upright = Image.parse(stored).picture()
    yield Odd(_UPRIGHT, _encoded(upright, "PNG"))
    yield Odd("turned by EXIF (6), JPEG", stored, like=_UPRIGHT)
    for orientation, kind in ((3, "PNG"), (5, "WEBP"), (8, "TIFF")):
        yield Odd(f"turned by EXIF ({orientation}), {kind}", _turned(upright, orientation, kind), like=_UPRIGHT)
    grey = upright.convert("L")
    yield Odd("grey", _encoded(grey, "PNG"))
    yield Odd("grey with alpha", _encoded(_see_through(upright).convert("LA"), "PNG"))
    yield Odd("alpha", _encoded(_see_through(upright), "PNG"))
    yield Odd("palette", _encoded(upright.quantize(32), "GIF"))
    yield Odd("palette with a colour to see through", _encoded(upright.quantize(32), "PNG", transparency=3))
    # The same greys whoever takes the upper byte, or rounds; another picture for who takes the lower, or cuts off.
    deep = PIL.Image.fromarray(np.asarray(grey).astype(np.uint16) * 256 + 128)
    yield Odd("16-bit grey, PNG", _encoded(deep, "PNG"), like="grey")
    yield Odd("16-bit grey, TIFF", _encoded(deep, "TIFF"), like="grey")
    yield Odd("black and white", _encoded(grey.convert("1"), "PNG"))
    yield Odd("CMYK", _encoded(upright.convert("CMYK"), "JPEG"))
    yield Odd("animation", _encoded(upright, "GIF", save_all=True, append_images=[grey.convert("RGB")]))
    yield Odd("one colour", _encoded(PIL.Image.new("RGB", (64, 64), (120, 120, 120)), "PNG"), "either")
    yield Odd("1 × 1", _encoded(PIL.Image.new("RGB", (1, 1), (200, 30, 30)), "PNG"), "either")
    yield Odd("very wide", _encoded(upright.resize((3000, 2)), "PNG"), "either")
    yield Odd("very tall", _encoded(upright.resize((1, 2000)), "PNG"), "either")
    yield Odd("no picture", b"This is no picture.\n", "refusal")
    yield Odd("empty", b"", "refusal")
    yield Odd("truncated", stored[: len(stored) // 2], "refusal")
    side = int(Bounds().pixels ** 0.5) + 1
    yield Odd("too many pixels", _encoded(PIL.Image.new("1", (side, side)), "PNG"), "refusal")


def _encoded(picture: PIL.Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _turned_jpeg(picture: PIL.Image.Image, orientation: int) -> bytes:
    return _turned(picture, orientation, "JPEG", quality=92)


def _turned(picture: PIL.Image.Image, orientation: int, kind: str, **options: Any) -> bytes:
    """A picture as a camera that was held so stores it, with the note that says so."""
    note = PIL.Image.Exif()
    note[_ORIENTATION] = orientation
    if kind == "WEBP":
        options = {"lossless": True, **options}
    return _encoded(picture.transpose(_STORED[orientation]), kind, exif=note, **options)


def _see_through(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A picture that fades from left to right."""
    fading = np.linspace(255, 60, picture.width).astype(np.uint8)
    layer = picture.convert("RGBA")
    layer.putalpha(PIL.Image.fromarray(np.tile(fading, (picture.height, 1))))
    return layer
