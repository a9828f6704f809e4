"""Image to image: pictures are kept and sent without loss, and compared as people see them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from skimage.metrics import peak_signal_noise_ratio

from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.serving.encode import to_json
from modelyard.tasks.image_to_image import TASK, Picture

pictures = st.builds(
    Picture, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)).flatmap(lambda s: arrays.arrays(np.uint8, s))
)


def scene(height: int = 90, width: int = 120) -> Picture:
    """Something with edges and slopes in it."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[..., 0] = np.linspace(0, 200, width)
    pixels[20:60, 30:80, 1] = 180
    pixels[..., 2] = np.linspace(50, 90, height)[:, np.newaxis]
    return Picture(pixels)


def sent(data: bytes, **fields: object) -> dict[str, object]:
    return {"image": base64.b64encode(data).decode(), **fields}


def png(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@settings(deadline=None)
@given(answer=pictures)
def test_a_kept_answer_is_read_as_it_was(answer: Picture, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "kept.png"
    TASK.write(answer, file)
    assert np.array_equal(TASK.read(file).pixels, answer.pixels)


@settings(deadline=None)
@given(answer=pictures)
def test_a_sent_answer_arrives_as_it_was_as_json_and_as_a_file(answer: Picture) -> None:
    body = to_json({"status": "ok", **TASK.encode(answer)})
    assert np.array_equal(TASK.parse(body if isinstance(body, bytes) else body.encode()).pixels, answer.pixels)
    assert np.array_equal(TASK.parse(base64.b64decode(json.loads(body)["image"])).pixels, answer.pixels)


def test_an_answer_is_sent_as_its_schema_says() -> None:
    body = json.loads(to_json(TASK.encode(scene())))
    assert body.keys() == TASK.schema.keys()
    assert body["image_size"] == [120, 90]
    with PIL.Image.open(io.BytesIO(base64.b64decode(body["image"]))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (120, 90))


def test_shares_of_brightness_are_rounded_and_cut_off() -> None:
    shares = np.array([[[-0.5, 0.0, 0.499 / 255], [0.501 / 255, 1.0, 7.0]]], np.float32)
    assert Picture.from_shares(shares).pixels.tolist() == [[[0, 0, 0], [1, 255, 255]]]


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 2), np.uint8),
        np.zeros((2, 2, 4), np.uint8),
        np.zeros((2, 2, 3), np.float32),
        np.zeros((0, 2, 3), np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="a picture is uint8"):
        Picture(pixels)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (sent(b""), "cannot identify"),
        (sent(b"GIF89a"), "cannot identify"),
        (sent(png(PIL.Image.new("L", (2, 2)))), "RGB of 8 bits"),
        (sent(png(PIL.Image.new("RGBA", (2, 2)))), "RGB of 8 bits"),
        (sent(png(PIL.Image.new("RGB", (20, 20), "red"))[:60]), "no answer"),
        (sent(png(PIL.Image.new("RGB", (2, 2))), image_size=[2, 3]), "image_size says 2 × 3"),
        (sent(png(PIL.Image.new("RGB", (2, 2))), image_size=[2]), "no answer"),
        ({"image": "not base64!"}, "no answer"),
        ({"image": 3}, "no answer"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(body: dict[str, object], said: str) -> None:
    with pytest.raises(ModelyardError, match=said):
        TASK.decode(body)


@settings(deadline=None)
@given(arrays.arrays(np.uint8, (9, 7, 3)), arrays.arrays(np.uint8, (9, 7, 3)))
def test_noise_is_the_signal_to_noise_ratio_in_another_form(first: np.ndarray, second: np.ndarray) -> None:
    noise = TASK.difference(Picture(first), Picture(second))["noise"]
    if np.array_equal(first, second):
        assert noise == 0
    else:
        assert -20 * np.log10(noise) == pytest.approx(peak_signal_noise_ratio(first, second), abs=1e-3)


def test_black_is_as_far_from_white_as_can_be() -> None:
    black, white = (Picture(np.full((30, 50, 3), level, np.uint8)) for level in (0, 255))
    assert TASK.difference(black, white) == {"noise": 1.0, "patch": 1.0, "size": 0.0}


@pytest.mark.parametrize("place", [(0, 0), (37, 55), (74, 104)])
def test_a_fault_in_one_place_does_not_drown_in_a_large_picture(place: tuple[int, int]) -> None:
    """A seam, or a tile that was forgotten."""
    whole = scene(900, 1200)
    broken = whole.pixels.copy()
    top, left = 10 * place[0], 10 * place[1]
    broken[top : top + 40, left : left + 40] ^= 128
    compared = TASK.compare(whole, Picture(broken), {"noise": 0.05}, ())
    assert compared.measures["noise"] < 0.05
    assert compared.measures["patch"] == pytest.approx(128 / 255, abs=0.01)
    assert not compared.passed


def test_the_last_pixels_belong_to_a_patch_too() -> None:
    whole = scene(33, 17)
    broken = whole.pixels.copy()
    broken[-1, -1] ^= 255
    assert TASK.difference(whole, Picture(broken))["patch"] > 0.01


@pytest.mark.parametrize(
    ("spoilt", "passes"),
    [
        (lambda pixels: pixels + (np.indices(pixels.shape).sum(0) % 7 == 0).astype(np.uint8), True),
        (lambda pixels: pixels[..., ::-1], False),
        (lambda pixels: np.roll(pixels, 1, axis=1), False),
        (lambda pixels: pixels // 2, False),
        (lambda pixels: pixels[:-1], False),
        (np.rot90, False),
    ],
)
def test_rounding_passes_and_a_wrong_pipeline_does_not(spoilt: object, passes: bool) -> None:
    got = Picture(np.ascontiguousarray(spoilt(scene().pixels)))  # type: ignore[operator]
    assert TASK.compare(scene(), got, {}, ()).passed == passes


def test_another_size_is_told() -> None:
    compared = TASK.compare(scene(), scene(91), {}, ())
    assert compared.measures["size"] == 1
    assert "120 × 90" in compared.summary
    assert "120 × 91" in compared.summary


@pytest.mark.parametrize(("size", "drawn"), [((60, 40), (246, 80)), ((800, 200), (966, 366))])
def test_the_answer_is_drawn_beside_what_was_sent(size: tuple[int, int], drawn: tuple[int, int]) -> None:
    """A large one is drawn whole, and its middle as it is."""
    sent_picture = Image.from_pixels(scene(size[1], size[0]).pixels)
    picture = TASK.draw(sent_picture, Picture(sent_picture.pixels((2 * size[0], 2 * size[1]))), ())
    assert picture.size == drawn
    left, right = (
        np.asarray(picture)[:, part].astype(int)
        for part in (slice(0, drawn[0] // 2 - 3), slice(-(drawn[0] // 2 - 3), None))
    )
    assert np.abs(left - right).mean() < 10
    assert left.std() > 20


def test_an_unreadable_expectation_is_named(tmp_path: Path) -> None:
    (tmp_path / "grey.png").write_bytes(png(PIL.Image.new("L", (3, 3))))
    with pytest.raises(ModelyardError, match=r"grey\.png: the expected answer can't be read"):
        TASK.read(tmp_path / "grey.png")
