"""A model is held to odd inputs: what it says to each, and how that is judged."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import yaml
from tests.catalog.lints.conftest import MANIFEST

from modelyard import Image
from modelyard.catalog.checking.odd import hold
from modelyard.catalog.inputs import image
from modelyard.errors import BadInput
from modelyard.manifest.asset import Asset

Body = tuple[int, bytes]


def refusal(said: str, code: int = 400) -> Body:
    return code, json.dumps({"status": "error", "message": said, "request_id": "1"}).encode()


def answer(picture: Image, **more: Any) -> Body:
    """The size of a picture, and whether its left upper corner is bright."""
    bright = int(picture.pixels()[0, 0].mean() > 150)
    return 200, json.dumps({"status": "ok", "image_size": [1, 1], "seg_map": [[bright]], **more}).encode()


def good(data: bytes, _parameters: Mapping[str, str]) -> Body:
    try:
        return answer(Image.parse(data))
    except BadInput as error:
        return refusal(str(error), error.code)


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples/street.jpg").write_bytes(image.strong())
    return Asset.model_validate(yaml.safe_load(MANIFEST))


@pytest.fixture
def failures(tmp_path: Path, asset: Asset) -> Callable[..., dict[str, str]]:
    """What fails, and why, where odd pictures are answered in some way."""
    return lambda send: {one.name: one.said for one in hold(tmp_path, asset, ("dark", "bright"), send).failed}


def test_a_good_model_passes(failures: Callable[..., dict[str, str]]) -> None:
    assert failures(good) == {}


def test_a_fault_of_the_server_is_never_right(failures: Callable[..., dict[str, str]]) -> None:
    found = failures(lambda data, given: refusal("oh", 500) if data == b"" else good(data, given))
    assert found == {"empty": "a client must never get 500 (oh)"}


def test_a_refusal_needs_a_message(failures: Callable[..., dict[str, str]]) -> None:
    found = failures(lambda data, given: (400, b"no") if data == b"" else good(data, given))
    assert found == {"empty": "refused with 400 and no message"}


def test_what_is_a_picture_must_be_answered_and_what_is_none_refused(failures: Callable[..., dict[str, str]]) -> None:
    found = failures(lambda data, given: refusal("not today"))
    assert found["grey"] == "must be answered; got 400 (not today)"
    assert "1 × 1" not in found

    found = failures(lambda data, given: answer(Image.parse(image.strong())))
    assert found["truncated"] == "must be refused; it was answered"


def test_an_answer_must_have_its_form(failures: Callable[..., dict[str, str]]) -> None:
    def sloppy(data: bytes, given: Mapping[str, str]) -> Body:
        code, body = good(data, given)
        return code, body.replace(b'"image_size": [1, 1]', b'"image_size": [1.0, 1]')

    assert failures(sloppy)["grey"] == "the answer is against its schema: image_size[0] is 1.0, no integer"
    assert "image_size" in failures(lambda data, given: (200, b'{"status": "ok", "seg_map": [[1]]}'))["grey"]
    assert failures(lambda data, given: (200, b"\xff"))["grey"].startswith("this is no answer of image-segmentation")


def test_a_picture_that_a_camera_turned_must_be_answered_as_the_upright_one(
    failures: Callable[..., dict[str, str]],
) -> None:
    def careless(data: bytes, given: Mapping[str, str]) -> Body:
        """Takes the pixels as they are stored."""
        code, body = good(data, given)
        if code != 200:
            return code, body
        with PIL.Image.open(io.BytesIO(data)) as stored:
            corner = stored.convert("RGB").getpixel((0, 0))
        return answer(Image.from_pixels(np.full((1, 1, 3), corner, np.uint8)))

    found = failures(careless)

    assert found
    assert all(name.startswith("turned by EXIF") for name in found)
    assert all(said.startswith("compared with 'upright': expected ") for said in found.values())


def test_time_is_kept_and_what_is_left_is_told(tmp_path: Path, asset: Asset) -> None:
    def slow(data: bytes, given: Mapping[str, str]) -> Body:
        time.sleep(0.03)
        return good(data, given)

    held = hold(tmp_path, asset, (), slow, seconds=0.1)

    assert 0 < len(held.results) < 8
    assert len(held.results) + held.left == len(list(image.odd(None)))
    assert held.summary().endswith(f"; {held.left} more take too long to try now")


def test_the_parameters_of_the_sample_go_along(tmp_path: Path, asset: Asset) -> None:
    seen = []

    def listening(data: bytes, given: Mapping[str, str]) -> Body:
        seen.append(dict(given))
        return good(data, given)

    sample = asset.samples[0].model_copy(update={"parameters": {"threshold": 0.25}})
    hold(tmp_path, asset.model_copy(update={"samples": [sample]}), (), listening)

    assert seen[0] == {"threshold": "0.25"}
