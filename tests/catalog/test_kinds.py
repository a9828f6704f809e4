"""What is made of each kind of input is what it is called, and is told from what is none."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from modelyard import Audio, BadInput, File, Image, Series, Text, Volume, tasks
from modelyard.catalog import inputs, kinds, shelf
from modelyard.catalog.kinds import Odd

KINDS = sorted({kinds.name_of(tasks.load(name).input) for name in tasks.names()})
READ = {
    Image: lambda image: image.pixels(),
    Audio: lambda audio: audio.samples(16_000),
    File: lambda file: file.data,
    Series: len,
    Text: str,
    Volume: lambda volume: volume.voxels(),
}


def made(name: str, sample: bytes | None = None) -> dict[str, Odd]:
    found = list(import_module(f"modelyard.catalog.inputs.{name}").odd(sample))
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize("task", tasks.names())
def test_every_kind_that_a_task_takes_has_its_file(task: str) -> None:
    kind = kinds.of(tasks.load(task))
    assert {one.must for one in kind.odd(None)} >= {"answer", "refusal"}


@pytest.mark.parametrize("name", shelf.names(inputs))
def test_those_that_must_be_alike_follow_the_one_that_they_are_compared_with(name: str) -> None:
    seen: set[str] = set()
    for one in made(name).values():
        assert one.like is None or one.like in seen
        assert one.like is None or one.must == "answer"
        seen.add(one.name)


@pytest.mark.parametrize("kind", READ, ids=lambda kind: str(kind.__name__))
def test_what_must_be_answered_can_be_read_and_what_must_be_refused_cannot(kind: type) -> None:
    name = kinds.name_of(kind)
    seed = import_module(f"modelyard.catalog.inputs.{name}").SEED
    for sample in (None, seed.strong(), seed.weak()):
        for one in made(name, sample).values():
            if one.must == "answer":
                READ[kind](kind.parse(one.data))  # type: ignore[attr-defined]
            elif one.must == "refusal":
                with pytest.raises(BadInput):
                    READ[kind](kind.parse(one.data))  # type: ignore[attr-defined]


def test_a_picture_that_a_camera_turned_has_the_pixels_of_the_upright_one() -> None:
    found = made("image")
    upright = Image.parse(found["upright"].data).pixels()
    turned = [one for one in found.values() if one.like == "upright"]
    assert len(turned) >= 4
    for one in turned:
        assert np.array_equal(Image.parse(one.data).pixels(), upright), one.name
    # They are stored as they are called: a reader that ignores the note gets other pixels.
    lying = [one for one in turned if "(5)" in one.name or "(6)" in one.name or "(8)" in one.name]
    assert len(lying) == 3


def test_sounds_that_say_the_same_have_the_same_numbers() -> None:
    found = made("audio")
    plain = Audio.parse(found["mono, 16 bits"].data).samples(16_000)
    for one in found.values():
        if one.like:
            assert np.abs(Audio.parse(one.data).samples(16_000) - plain).max() < 1e-6, one.name


def test_volumes_that_say_the_same_have_the_same_voxels() -> None:
    found = made("volume")
    plain = Volume.parse(found["32-bit floats"].data)
    for one in found.values():
        if one.like:
            volume = Volume.parse(one.data)
            assert np.array_equal(volume.voxels(), plain.voxels()), one.name
            assert np.allclose(volume.affine, plain.affine), one.name


def test_tables_that_say_the_same_have_the_same_cells() -> None:
    found = made("series")
    names = ("temperature", "wind")
    plain = Series.parse(found["commas"].data)
    for one in found.values():
        if one.like:
            table = Series.parse(one.data)
            assert np.array_equal(table.values(names), plain.values(names)), one.name
            assert np.array_equal(table.times, plain.times), one.name


def test_they_are_made_of_the_sample() -> None:
    dark, bright = (import_module("modelyard.catalog.inputs.image").SEED.weak(), None)
    means = [Image.parse(made("image", one)["grey"].data).pixels().mean() for one in (dark, bright)]
    assert means[0] < 20 < 100 < means[1]
