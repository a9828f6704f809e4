"""What is measured of inputs: finite, the same each time, of a bounded part, and moved by what happens to inputs."""

from __future__ import annotations

import io
import math
import tracemalloc
from typing import Any

import numpy as np
import PIL.Image
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import statistics, tasks
from modelyard.audio import Audio
from modelyard.catalog import corruptions, shelf
from modelyard.file import File
from modelyard.image import Image
from modelyard.statistics import Statistics
from modelyard.text import Text


def of(field: str) -> Statistics:
    found = statistics.of(field)
    assert found is not None
    return found


def photo(width: int = 320, height: int = 240, seed: int = 0) -> bytes:
    """Something smooth with edges, lit from above, as PNG."""
    chance = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width]
    light = 200 - 120 * down / height + 20 * np.sin(across / 9) + 10 * (across // 16 % 2)
    pixels = np.clip(light[..., None] + chance.uniform(-25, 25, 3), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def sound(seconds: float = 2.0, rate: int = 16_000) -> bytes:
    """Tones over a quiet hiss, with pauses."""
    chance = np.random.default_rng(0)
    time = np.arange(round(seconds * rate)) / rate
    tones = sum(np.sin(2 * np.pi * hertz * time) / hertz**0.5 for hertz in (60, 220, 880, 3_000, 5_000, 7_000))
    file = io.BytesIO()
    loud = 0.2 * np.asarray(tones) * (time % 1 < 0.7) + chance.normal(0, 1e-3, len(time))
    soundfile.write(file, loud, rate, format="WAV", subtype="FLOAT")
    return file.getvalue()


TEXT = "The ferry leaves at Nine. Whoever comes late, waits for the next one; it is warm in the Harbour's café. " * 4
INPUTS: dict[str, tuple[Any, bytes]] = {
    "image": (Image, photo()),
    "audio": (Audio, sound()),
    "text": (Text, TEXT.encode()),
}


@pytest.mark.parametrize("name", tasks.names())
def test_the_input_of_every_task_has_statistics(name: str) -> None:
    assert statistics.of(tasks.load(name).input.field) is not None


def test_a_kind_of_input_without_a_file_has_none() -> None:
    assert statistics.of("smell") is None
    assert statistics.of("__init__") is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1), st.sampled_from(["noise", "flat", "edge"]))
def test_any_picture_has_finite_numbers_that_are_described(width: int, height: int, seed: int, kind: str) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (height, width, 3), np.uint8)
    if kind == "flat":
        pixels[:] = pixels[0, 0]
    if kind == "edge":
        pixels[:, : width // 2], pixels[:, width // 2 :] = 0, 255
    picture = Image.from_pixels(pixels)

    first, second = (of("image").measure(picture, {}) for _ in range(2))

    assert first == second
    assert first.keys() <= of("image").described.keys()
    assert all(map(math.isfinite, first.values()))


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_any_text_has_finite_numbers_that_are_described(text: str) -> None:
    learned = of("text").learn([Text(text)]) if of("text").learn else {}  # type: ignore[misc]
    found = of("text").measure(Text(text), learned)

    assert found.keys() <= of("text").described.keys()
    assert all(map(math.isfinite, found.values()))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=500))
def test_any_file_has_finite_numbers_that_are_described(data: bytes) -> None:
    found = of("file").measure(File(data), {})

    assert found.keys() == of("file").described.keys()
    assert all(map(math.isfinite, found.values()))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=60),
    st.sampled_from([1_000, 8_000, 44_100]),
)
def test_any_sound_has_finite_numbers_that_are_described(samples: list[float], rate: int) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.array(samples, np.float32), rate, format="WAV", subtype="FLOAT")
    found = of("audio").measure(Audio.parse(file.getvalue()), {})

    assert found.keys() <= of("audio").described.keys()
    assert all(map(math.isfinite, found.values()))


def test_of_a_large_picture_little_is_looked_at() -> None:
    picture = Image.from_pixels(np.zeros((3_000, 4_000, 3), np.uint8))
    picture.picture()
    tracemalloc.start()
    try:
        of("image").measure(picture, {})
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_of_a_long_text_the_beginning_is_looked_at() -> None:
    begun = of("text").measure(Text("a word " * 300), {})
    long = of("text").measure(Text("a word " * 300 + "ÄÖÜ  ! " * 5_000), {})

    assert begun.pop("characters") < long.pop("characters")
    assert begun.pop("wide_spaces") >= long.pop("wide_spaces"), "there the end is beyond what is looked at"
    assert begun == long


@pytest.mark.parametrize(
    ("field", "corruption", "statistic", "way"),
    [
        ("image", "noise", "noise", 1),
        ("image", "blur", "sharpness", -1),
        ("image", "jpeg", "blocks", 1),
        ("image", "contrast", "contrast", -1),
        ("image", "scale", "shorter_side", -1),
        ("audio", "noise", "floor", 1),
        ("audio", "clipping", "crest", -1),
        ("audio", "band", "below_100_hz", -1),
        ("audio", "gain", "level", -1),
        ("text", "typos", "surprise", 1),
        ("text", "whitespace", "wide_spaces", 1),
        ("text", "homoglyphs", "mixed_words", 1),
    ],
)
def test_what_happens_to_an_input_moves_the_statistic_for_it(
    field: str, corruption: str, statistic: str, way: int
) -> None:
    kind, data = INPUTS[field]
    module, _ = shelf.take(corruptions, field, "kind")
    learn = of(field).learn
    learned = learn([kind.parse(data)]) if learn else {}
    values = [of(field).measure(kind.parse(data), learned)[statistic]]
    for severity in (1, 2):
        worse = module.CORRUPTIONS[corruption](data, severity, np.random.default_rng(1))
        values.append(of(field).measure(kind.parse(worse), learned)[statistic])

    assert way * values[0] < way * values[1]
    assert way * values[0] < way * values[2]


def test_a_turned_picture_is_lit_from_elsewhere() -> None:
    upright, turned = Image.parse(photo()), Image.from_pixels(Image.parse(photo()).pixels()[::-1])
    above, below = (of("image").measure(one, {})["light_from_above"] for one in (upright, turned))

    assert above > 30
    assert below < -30


def test_silence_has_a_length_and_no_level() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(8_000), 16_000, format="WAV")

    assert of("audio").measure(Audio.parse(file.getvalue()), {}) == {"seconds": 0.5, "rate": 16_000.0}
