"""Corruptions: what arrives is still an input of its kind, other than what was sent, and the same every time."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.audio import Audio
from modelyard.catalog import corruptions, shelf
from modelyard.catalog.corruptions import SEVERITIES
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.robustness import corrupted, kinds
from modelyard.errors import ModelyardError
from modelyard.image import Image
from modelyard.manifest.asset import Robustness
from modelyard.text import Text

RNG = np.random.default_rng(5)


def photo(width: int = 60, height: int = 40) -> bytes:
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    file = io.BytesIO()
    texture = np.random.default_rng(2).integers(0, 60, (height, width, 1))
    pixels = np.clip(np.stack([across, down, 255 - across], -1) + texture, 0, 255)
    PIL.Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def tone(seconds: float = 0.5, channels: int = 2) -> bytes:
    time = np.arange(round(16_000 * seconds)) / 16_000
    wave = 0.5 * np.sin(2 * np.pi * 440 * time) + 0.2 * np.sin(2 * np.pi * 7_000 * time)
    file = io.BytesIO()
    soundfile.write(file, np.repeat(wave[:, None], channels, 1), 16_000, format="WAV", subtype="PCM_24")
    return file.getvalue()


WRITTEN = "The quick brown fox jumps over the lazy dog, again and again, until both of them are tired. " * 5
SENT = {"image": photo(), "audio": tone(), "text": WRITTEN.encode()}
PARSED = {"image": Image.parse, "audio": Audio.parse, "text": Text.parse}

EACH = [(field, name) for field in shelf.names(corruptions) for name in kinds(field)]


@pytest.mark.parametrize(("field", "name"), EACH)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_what_arrives_is_of_its_kind_and_other_than_what_was_sent(field: str, name: str, severity: int) -> None:
    corrupt = kinds(field)[name]
    arrived = corrupt(SENT[field], severity, np.random.default_rng(1))
    PARSED[field](arrived)
    assert arrived != SENT[field]
    assert arrived == corrupt(SENT[field], severity, np.random.default_rng(1)), "the same chance gives the same bytes"


@pytest.mark.parametrize("name", ["noise", "blur", "jpeg", "contrast", "scale"])
def test_a_picture_suffers_more_from_the_second_severity(name: str) -> None:
    original = Image.parse(SENT["image"]).pixels().astype(float)

    def harm(severity: int) -> float:
        arrived = Image.parse(kinds("image")[name](SENT["image"], severity, np.random.default_rng(1)))
        return float(np.abs(arrived.pixels(original.shape[1::-1]).astype(float) - original).mean())

    assert 0 < harm(1) < harm(2)


def test_a_picture_is_turned_by_right_angles_and_nothing_else() -> None:
    original = Image.parse(SENT["image"]).pixels()
    for severity, turns in ((1, 1), (2, 2)):
        arrived = kinds("image")["rotation"](SENT["image"], severity, RNG)
        assert np.array_equal(Image.parse(arrived).pixels(), np.rot90(original, turns))


def test_noise_in_a_sound_has_the_level_that_it_says() -> None:
    original = Audio.parse(SENT["audio"]).samples(16_000)
    for severity, decibels in ((1, 20), (2, 10)):
        arrived, _ = soundfile.read(io.BytesIO(kinds("audio")["noise"](SENT["audio"], severity, RNG)))
        noise = arrived[:, 0] - original
        assert abs(10 * np.log10(np.mean(original**2) / np.mean(noise**2)) - decibels) < 0.5


def test_a_telephone_lets_the_tone_through_and_not_the_hiss() -> None:
    arrived, rate = soundfile.read(io.BytesIO(kinds("audio")["band"](SENT["audio"], 2, RNG)))
    spectrum = np.abs(np.fft.rfft(arrived[:, 0]))
    frequencies = np.fft.rfftfreq(len(arrived), 1 / rate)
    assert spectrum[np.argmin(np.abs(frequencies - 440))] > 100
    assert spectrum[np.argmin(np.abs(frequencies - 7_000))] < 1


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=80).filter(str.strip))
def test_any_text_stays_a_text(text: str) -> None:
    for name, corrupt in kinds("text").items():
        for severity in SEVERITIES:
            arrived = corrupt(text.encode(), severity, np.random.default_rng(3)).decode()
            assert arrived, name
            assert len(arrived) <= 3 * len(text) + 2


def test_the_same_item_is_corrupted_in_the_same_way_whatever_comes_before_it() -> None:
    items = [Item(name, SENT["image"], None) for name in ("one", "two")]
    declared = Robustness(metric="accuracy", leave_out=["rotation"])
    both = {name: list(some) for name, some in corrupted(items, "image", declared)}
    alone = {name: list(some) for name, some in corrupted(items[1:], "image", declared)}
    assert "rotation 1" not in both
    assert len(both) == 2 * (len(kinds("image")) - 1)
    assert all(both[key][1] == alone[key][0] for key in both)
    assert both["noise 1"][0].data != both["noise 1"][1].data


def test_what_can_t_be_corrupted_and_what_there_isn_t_is_named() -> None:
    with pytest.raises(ModelyardError, match="'wobble': there are noise"):
        list(corrupted([], "image", Robustness(metric="accuracy", leave_out=["wobble"])))
    with pytest.raises(ModelyardError, match="item 'one' can't be corrupted by noise 1"):
        [
            list(some)
            for _, some in corrupted([Item("one", b"no picture", None)], "image", Robustness(metric="accuracy"))
        ]
    with pytest.raises(ModelyardError, match="no file of corruptions for inputs sent as 'smell'"):
        kinds("smell")
