"""The gallery shows what an image really answered, small enough to lie beside it."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any, cast

import docker
import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import tasks
from modelyard.catalog.checking import exhibit
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.records.gallery import Explained, Gallery
from modelyard.catalog.workspace import Workspace
from modelyard.serving.encode import to_json

ROOT = Path(__file__).parents[3]
WORKSPACE = Workspace(ROOT)


def answered(name: str, samples: int = 100) -> Candidate:
    """A candidate that answered its good samples as their author expects."""
    asset = WORKSPACE.asset(name)
    planned = Planned(asset, "cpu", {}, "a" * 32, None, (), (), (), None)
    candidate = Candidate(WORKSPACE, cast(docker.DockerClient, None), planned, "image")
    task = tasks.load(asset.task)
    for sample in candidate.good_samples[:samples]:
        assert sample.expected is not None
        candidate.answers[sample.name] = to_json(task.encode(task.read(candidate.folder / sample.expected)))
    return candidate


def opened(data: str) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize(
    "name", ["face-detector", "image-resolution-enhancer", "brain-extractor", "music-tagger", "weather-forecaster"]
)
def test_every_kind_of_sample_that_was_answered_is_shown_in_its_order(name: str) -> None:
    candidate = answered(name, 2)

    found = exhibit.gallery(candidate)

    assert [one.name for one in found.shown] == [one.name for one in candidate.good_samples][:2]
    document = found.model_dump_json()
    assert len(document.encode()) <= exhibit.LARGEST
    assert Gallery.model_validate_json(document) == found
    for one in found.shown:
        assert all((one.said, one.answer, one.license, one.origin))
        assert one.preview or one.text
        for picture in filter(None, (one.picture, one.preview)):
            assert opened(picture.data).format == "WEBP"
            assert opened(picture.data).size == (picture.width, picture.height)
            assert max(picture.width, picture.height) <= 960


def test_a_short_sound_is_kept_and_can_be_played() -> None:
    candidate = answered("music-tagger", 3)
    for one, sample in zip(exhibit.gallery(candidate).shown, candidate.good_samples, strict=False):
        assert one.file is not None
        assert base64.b64decode(one.file) == (candidate.folder / sample.input).read_bytes()
        assert one.media_type in ("audio/wav", "audio/ogg", "audio/flac")


def test_a_text_is_shown_as_text_and_its_explanation_beside_it() -> None:
    candidate = answered("text-sentiment-classifier")
    why = Explained(target="positive", method="occlusion", picture=exhibit.picture(PIL.Image.new("RGB", (9, 9)), 9_000))

    found = exhibit.gallery(candidate, lambda *_: why)

    assert [one.text for one in found.shown] == [
        (candidate.folder / sample.input).read_text("utf-8") for sample in candidate.good_samples
    ]
    assert all(one.explained == why for one in found.shown)


def test_a_sample_without_an_answer_is_not_shown() -> None:
    candidate = answered("text-sentiment-classifier", 1)
    assert len(exhibit.gallery(candidate).shown) == 1


def test_a_picture_that_takes_too_much_room_becomes_coarser_and_then_smaller() -> None:
    noise = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (700, 1400, 3), dtype=np.uint8))

    small = exhibit.picture(noise, 30_000)

    assert len(small.data) <= 30_000
    assert small.width < 960
    assert abs(small.width / small.height - 2) < 0.05


def test_what_is_left_out_of_an_answer_is_said() -> None:
    answer = {"map": [[0] * 500] * 500, "picture": "A" * 10_000, "size": [3, 4]}

    cut = exhibit.fitting(answer, 100_000)

    assert cut["size"] == [3, 4]
    assert cut["map"][-1] == "… (480 more)"
    assert cut["map"][0][-1] == "… (480 more)"
    assert cut["picture"] == "A" * 200 + "… (9,800 more characters)"


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=5), inner, max_size=30),
    max_leaves=300,
)


@given(JSON, st.integers(100, 5_000))
@settings(max_examples=25, deadline=None)
def test_an_answer_of_any_form_fits_into_its_room(answer: Any, room: int) -> None:
    assert len(json.dumps(exhibit.fitting(answer, room))) <= room
