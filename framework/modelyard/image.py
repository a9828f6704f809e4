"""A picture as a pipeline sees it."""

from __future__ import annotations

import io
from typing import Any, ClassVar

import numpy as np
import PIL.Image
from numpy.typing import NDArray

# Pillow knows a format only once its module is loaded.
from PIL import (  # noqa: F401
    BmpImagePlugin,
    GifImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from modelyard.bounds import Bounds
from modelyard.errors import BadInput

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")
_DRAFTED = ("JPEG", "MPO")
_KINDS = "JPEG, PNG, TIFF, WebP, BMP or GIF"
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I")
_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)
_UPRIGHT = {
    2: PIL.Image.Transpose.FLIP_LEFT_RIGHT,
    3: PIL.Image.Transpose.ROTATE_180,
    4: PIL.Image.Transpose.FLIP_TOP_BOTTOM,
    5: PIL.Image.Transpose.TRANSPOSE,
    6: PIL.Image.Transpose.ROTATE_270,
    7: PIL.Image.Transpose.TRANSVERSE,
    8: PIL.Image.Transpose.ROTATE_90,
}


class Image:
    """An upright RGB picture, decoded when its pixels are first asked for.

    Camera orientation (EXIF) is applied, 16-bit greys are scaled to 8, transparent pixels are
    laid on white, and of an animation the first frame counts.
    """

    field: ClassVar[str] = "image"
    """The multipart field that clients send a picture in."""
    media_types: ClassVar[tuple[str, ...]] = (
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "image/bmp",
        "image/gif",
    )
    written: ClassVar[bool] = False
    most: ClassVar[int] = 16

    def __init__(self, picture: PIL.Image.Image, encoded: bytes = b"") -> None:
        self._picture = picture
        self._encoded = encoded
        width, height = picture.size
        self._orientation = _orientation(picture)
        self.width, self.height = (height, width) if self._orientation in _LYING else (width, height)

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> Image:
        """Reads the header of an encoded picture; nothing is decoded yet.

        Args:
            data: A JPEG, PNG, TIFF, WebP, BMP or GIF file.
            bounds: A picture of more pixels is refused before it is decoded.

        Raises:
            BadInput: The bytes are no such file (400), or the picture is too large (413).
        """
        if not data:
            raise BadInput(f"the picture is empty: send the bytes of a {_KINDS} file")
        try:
            picture = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
            pixels = picture.width * picture.height
            if pixels <= bounds.pixels:
                return cls(picture, data)
        except PIL.Image.DecompressionBombError:
            pixels = None
        except Exception:  # What a damaged header makes Pillow raise is no short list: struct.error, IndexError, …
            raise BadInput(f"this is no picture that can be read: send a {_KINDS} file") from None
        size = f"{picture.width} × {picture.height}" if pixels else "too many"
        raise BadInput(f"the picture has {size} pixels: send one of at most {bounds.pixels:,}", code=413)

    @classmethod
    def from_pixels(cls, pixels: NDArray[np.uint8]) -> Image:
        """A picture from an array of uint8 [height, width, 3]."""
        return cls(PIL.Image.fromarray(pixels))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture, in pixels."""
        return self.width, self.height

    def pixels(
        self,
        size: tuple[int, int] | None = None,
        resample: PIL.Image.Resampling = PIL.Image.Resampling.BILINEAR,
        *,
        draft: bool = False,
    ) -> NDArray[np.uint8]:
        """The picture as an array.

        Args:
            size: Width and height to resize to; the picture's own if left out.
            resample: The filter to resize with.
            draft: Let the JPEG decoder shrink the picture on its way to `size`: several times
                faster for large photos, for small differences in the pixels.

        Returns:
            uint8 [height, width, 3], RGB.

        Raises:
            BadInput: The file is damaged.
        """
        picture = self.picture(draft_for=size if draft else None)
        if size and picture.size != size:
            picture = picture.resize(size, resample)
        return np.asarray(picture)

    def picture(self, *, draft_for: tuple[int, int] | None = None) -> PIL.Image.Image:
        """The upright RGB picture as a Pillow image, decoded.

        Raises:
            BadInput: The file is damaged.
        """
        try:
            source = self._draft(max(draft_for)) if draft_for and self._encoded else self._picture
            source.load()
            return _rgb(source.transpose(_UPRIGHT[self._orientation]) if self._orientation in _UPRIGHT else source)
        except Exception as error:  # As in parse: the list of what damaged data may raise is open.
            raise BadInput(f"the picture is damaged ({error}): send a file that opens in a viewer") from None

    def _draft(self, side: int) -> PIL.Image.Image:
        """The picture, yet to be decoded to no more than it takes; Pillow's own would stay small ever after."""
        if self._picture.format not in _DRAFTED:
            return self._picture
        draft = PIL.Image.open(io.BytesIO(self._encoded), formats=_FORMATS)
        draft.draft("RGB", (side, side))
        return draft


def _orientation(picture: PIL.Image.Image) -> int:
    """How the camera was held, 1 to 8, as EXIF numbers it; 1 is upright."""
    # Pillow turns this one itself as it decodes it, and tells its upright size before.
    if picture.format == "TIFF":
        return 1
    # Asking a PNG decodes it whole, in case the tag stands behind the pixels: only one before them counts.
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # A camera's notes may be damaged where its picture is not.
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Any mode of Pillow's as RGB of 8 bits, on white where it is transparent."""
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    if picture.mode in _SIXTEEN_BIT:
        grey: NDArray[Any] = np.asarray(picture).astype(np.int64)
        # A mode "I" file may hold 8 or 16 bits; only what goes beyond 8 needs scaling.
        scaled = grey >> 8 if grey.max(initial=0) > 255 or picture.mode != "I" else grey
        if isinstance(transparent := picture.info.get("transparency"), int):
            scaled[grey == transparent] = 255
        return PIL.Image.fromarray(np.clip(scaled, 0, 255).astype(np.uint8)).convert("RGB")
    if picture.mode == "F":
        raise ValueError("floating-point pixels have no defined brightness")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = PIL.Image.new("RGBA", layer.size, (255, 255, 255, 255))
        return PIL.Image.alpha_composite(white, layer).convert("RGB")
    return picture.convert("RGB")
