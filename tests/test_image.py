"""A picture is upright RGB, whatever it was sent as; bytes that are none are the client's mistake, never ours."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from modelyard.bounds import Bounds
from modelyard.errors import BadInput
from modelyard.image import Image

MOST = 1_000_000
WIDTH, HEIGHT = 40, 24
ORIENTATION = 0x0112

Pixels = NDArray[np.uint8]


def photo() -> Pixels:
    """Four colours in four quarters, of unequal sides, so that every turn and mirroring shows."""
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:12, :20], pixels[:12, 20:] = (200, 0, 0), (0, 200, 0)
    pixels[12:, :20], pixels[12:, 20:] = (0, 0, 200), (90, 90, 90)
    return pixels


def encoded(picture: PIL.Image.Image | NDArray[Any], format: str, **options: Any) -> bytes:
    """A file of a picture."""
    file = io.BytesIO()
    (picture if isinstance(picture, PIL.Image.Image) else PIL.Image.fromarray(picture)).save(file, format, **options)
    return file.getvalue()


def parsed(data: bytes) -> Image:
    """The picture in a file."""
    return Image.parse(data, Bounds(pixels=MOST))


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_a_lossless_picture_is_taken_as_it_is(format: str) -> None:
    image = parsed(encoded(photo(), format))
    assert image.size == (WIDTH, HEIGHT)
    assert np.array_equal(image.pixels(), photo())
    assert image.pixels().dtype == np.uint8


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "GIF", "MPO"])
def test_a_lossy_picture_is_taken_nearly_as_it_is(format: str) -> None:
    pixels = parsed(encoded(photo(), format)).pixels()
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(pixels.astype(int) - photo()).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr"])
def test_any_mode_becomes_rgb(mode: str) -> None:
    source = PIL.Image.fromarray(photo()).convert(mode)
    format = "JPEG" if mode == "CMYK" else "TIFF"
    pixels = parsed(encoded(source, format, **({"quality": 100} if format == "JPEG" else {}))).pixels()
    assert np.abs(pixels.astype(int) - np.asarray(source.convert("RGB"))).max() <= 8


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_to_eight(format: str) -> None:
    greys = np.array([[0, 255, 256, 32_768, 65_535]], np.uint16)
    assert parsed(encoded(greys, format)).pixels()[0, :, 0].tolist() == [0, 0, 1, 128, 255]


def test_pixels_without_a_brightness_are_refused() -> None:
    with pytest.raises(BadInput, match="floating-point pixels"):
        parsed(encoded(np.zeros((2, 2), np.float32), "TIFF")).pixels()


def test_transparent_pixels_are_laid_on_white() -> None:
    alpha = np.full((1, 3), 255, np.uint8)
    alpha[0, 0], alpha[0, 1] = 0, 128
    picture = PIL.Image.merge("RGBA", [*[PIL.Image.new("L", (3, 1), 100)] * 3, PIL.Image.fromarray(alpha)])
    assert parsed(encoded(picture, "PNG")).pixels()[0, :, 0].tolist() == [255, 177, 100]


@pytest.mark.parametrize(
    ("picture", "transparent"),
    [
        (np.array([[7, 9]], np.uint8), 7),
        (np.array([[700, 900]], np.uint16), 700),
        (np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8), (1, 2, 3)),
        (PIL.Image.fromarray(np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8)).quantize(2), 0),
    ],
    ids=["grey", "grey of 16 bits", "RGB", "palette"],
)
def test_a_transparent_colour_is_white_too(picture: Any, transparent: Any) -> None:
    pixels = parsed(encoded(picture, "PNG", transparency=transparent)).pixels()
    assert sorted((pixels == 255).all(axis=2)[0].tolist()) == [False, True]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("format", "options"),
    [("PNG", {}), ("JPEG", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})],
    ids=["PNG", "JPEG", "WebP", "TIFF", "TIFF, compressed"],
)
def test_a_picture_stands_upright_however_the_camera_was_held(
    format: str, options: dict[str, Any], orientation: int
) -> None:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = orientation
    held = {
        1: photo(),
        2: photo()[:, ::-1],
        3: photo()[::-1, ::-1],
        4: photo()[::-1],
        5: photo().transpose(1, 0, 2),
        6: np.rot90(photo()),
        7: np.rot90(photo().transpose(1, 0, 2), 2),
        8: np.rot90(photo(), -1),
    }[orientation]
    image = parsed(encoded(np.ascontiguousarray(held), format, exif=exif, **options))
    assert image.size == (WIDTH, HEIGHT), "the size is that of the upright picture, before anything is decoded"
    assert np.abs(image.pixels().astype(int) - photo()).mean() < 12


@pytest.mark.parametrize("exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_photo_whose_notes_are_damaged_is_still_a_photo(format: str, exif: bytes) -> None:
    assert parsed(encoded(photo(), format, exif=exif)).pixels().shape == (HEIGHT, WIDTH, 3)


def test_a_photo_is_turned_though_nobody_could_write_its_notes_again() -> None:
    turned = struct.pack(">HHIHH", ORIENTATION, 3, 1, 6, 0)
    maker = struct.pack(">HHII", 0x010F, 5, 1, 38)  # a fraction, where everybody writes a name
    notes = b"MM\0*\0\0\0\x08" + struct.pack(">H", 2) + turned + maker + b"\0\0\0\0" + struct.pack(">II", 1, 2)
    assert parsed(encoded(photo(), "JPEG", exif=b"Exif\0\0" + notes)).pixels().shape == (WIDTH, HEIGHT, 3)


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [PIL.Image.new("P", (6, 4), colour) for colour in (0, 1, 2)]
    for frame in frames:
        frame.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0)
    assert PIL.Image.open(io.BytesIO(data)).n_frames == 3
    assert np.unique(parsed(data).pixels().reshape(-1, 3), axis=0).tolist() == [[255, 0, 0]]


@pytest.mark.parametrize("size", [(1, 1), (30_000, 1), (1, 30_000)])
def test_any_shape_will_do(size: tuple[int, int]) -> None:
    image = parsed(encoded(PIL.Image.new("RGB", size), "PNG"))
    assert image.size == size
    assert image.pixels((5, 3)).shape == (3, 5, 3)
    assert image.pixels().shape == (*size[::-1], 3)


def test_a_picture_is_resized_as_asked() -> None:
    pixels = parsed(encoded(photo(), "PNG")).pixels((2, 2), PIL.Image.Resampling.NEAREST)
    assert pixels.tolist() == [[[200, 0, 0], [0, 200, 0]], [[0, 0, 200], [90, 90, 90]]]


def test_a_draft_is_nearly_the_same_and_leaves_the_picture_whole() -> None:
    large = PIL.Image.fromarray(photo()).resize((800, 480), PIL.Image.Resampling.NEAREST)
    image = parsed(encoded(large, "JPEG", quality=95))
    draft = image.pixels((80, 48), draft=True)
    assert image.pixels().shape == (480, 800, 3)
    assert np.abs(draft.astype(int) - image.pixels((80, 48))).mean() < 4


@pytest.mark.parametrize("format", ["PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_what_knows_no_draft_is_decoded_whole(format: str) -> None:
    image = parsed(encoded(photo(), format))
    assert np.array_equal(image.pixels((8, 8), draft=True), image.pixels((8, 8)))


def test_an_array_is_a_picture_too() -> None:
    image = Image.from_pixels(photo())
    assert image.size == (WIDTH, HEIGHT)
    assert np.array_equal(image.pixels(), photo())
    assert image.pixels((8, 4), draft=True).shape == (4, 8, 3)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a hundred bytes that says it is large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("width", "height", "said"),
    [
        (1_001, 1_000, "the picture has 1001 × 1000 pixels: send one of at most 1,000,000"),
        (100_000, 100_000, "the picture has too many pixels: send one of at most 1,000,000"),
        (2**31 - 1, 2**31 - 1, "the picture has too many pixels: send one of at most 1,000,000"),
    ],
)
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(width: int, height: int, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parsed(bomb(width, height))
    assert (caught.value.code, str(caught.value)) == (413, said)


def test_a_picture_of_just_so_many_pixels_is_not() -> None:
    assert parsed(bomb(1_000, 1_000)).size == (1_000, 1_000)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the picture is empty: send the bytes of a JPEG, PNG, TIFF, WebP, BMP or GIF file"),
        (b"a text", "this is no picture that can be read: send a JPEG, PNG, TIFF, WebP, BMP or GIF file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "this is no picture that can be read: "),
        (b"\x89PNG\r\n\x1a\n", "this is no picture that can be read: "),
    ],
)
def test_bytes_that_are_no_picture_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parsed(data)
    assert caught.value.code == 400
    assert str(caught.value).startswith(said)


@cache
def files() -> dict[str, bytes]:
    """A file of each kind, with all that such files may hold."""
    exif = PIL.Image.Exif()
    exif[ORIENTATION], exif[0x010F] = 6, "maker"
    picture = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 40, 3), np.uint8))
    palette, greys = picture.quantize(16), (np.arange(960, dtype=np.uint16) * 68).reshape(24, 40)
    frames: dict[str, Any] = {"save_all": True, "append_images": [picture.rotate(180)]}
    return {
        "JPEG": encoded(picture, "JPEG", exif=exif, dpi=(72, 72)),
        "JPEG, progressive": encoded(picture, "JPEG", progressive=True),
        "JPEG, CMYK": encoded(picture.convert("CMYK"), "JPEG"),
        "JPEG, two pictures": encoded(picture, "MPO", exif=exif, **frames),
        "PNG": encoded(picture, "PNG", exif=exif),
        "PNG, palette": encoded(palette, "PNG", transparency=3),
        "PNG, 16 bits": encoded(greys, "PNG"),
        "PNG, animated": encoded(picture, "PNG", **frames),
        "TIFF": encoded(picture, "TIFF", exif=exif),
        "TIFF, LZW": encoded(picture, "TIFF", compression="tiff_lzw"),
        "TIFF, JPEG": encoded(picture, "TIFF", compression="jpeg"),
        "TIFF, fax": encoded(picture.convert("1"), "TIFF", compression="group4"),
        "GIF": encoded(picture, "GIF"),
        "GIF, animated": encoded(palette, "GIF", transparency=1, save_all=True, append_images=[palette.rotate(180)]),
        "WebP": encoded(picture, "WEBP", exif=exif),
        "WebP, lossless": encoded(picture.convert("RGBA"), "WEBP", lossless=True),
        "WebP, animated": encoded(picture, "WEBP", **frames),
        "BMP": encoded(palette, "BMP"),
    }


def answered(data: bytes, draft: bool) -> None:
    """Reads bytes as a pipeline does; nothing but BadInput may come of it, nor anything that is no picture."""
    try:
        image = parsed(data)
        assert 0 < image.width * image.height <= MOST
        pixels = image.pixels((16, 8) if draft else None, draft=draft)
    except BadInput as error:
        if error.code not in (400, 413):
            pytest.fail(f"a client can't mend {error.code}")
        return
    assert pixels.dtype == np.uint8
    assert pixels.shape == ((8, 16, 3) if draft else (image.height, image.width, 3))


@settings(deadline=None)
@given(data=st.binary(max_size=300), draft=st.booleans())
def test_any_bytes_are_a_picture_or_bad_input(data: bytes, draft: bool) -> None:
    answered(data, draft)


@pytest.mark.parametrize("kind", files())
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None)
@given(draws=st.data())
def test_a_spoiled_picture_is_a_picture_or_bad_input(kind: str, draws: st.DataObject) -> None:
    data = bytearray(files()[kind])
    # Most of what can go wrong stands in the headers.
    place = st.one_of(st.integers(0, min(200, len(data) - 1)), st.integers(0, len(data) - 1))
    for spot, value in draws.draw(st.lists(st.tuples(place, st.integers(0, 255)), min_size=1, max_size=6)):
        data[spot] = value
    answered(bytes(data), draws.draw(st.booleans()))


@pytest.mark.parametrize("kind", files())
@pytest.mark.filterwarnings("ignore")
def test_a_truncated_picture_is_bad_input(kind: str) -> None:
    whole = files()[kind]
    for length in range(1, len(whole) - 1, max(1, len(whole) // 60)):
        answered(whole[:length], draft=False)
    with pytest.raises(BadInput):
        parsed(whole[: len(whole) // 4]).pixels()
