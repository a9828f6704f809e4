"""A sound as it comes in: whatever it was recorded with, a pipeline gets one channel at its own rate."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from modelyard import Audio, BadInput
from modelyard.bounds import Bounds


def tone(rate: int, seconds: float = 0.5, hertz: float = 440) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def encoded(samples: np.ndarray, rate: int, format: str = "WAV", subtype: str | None = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=format, subtype=subtype)
    return file.getvalue()


def pitch(samples: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_is_converted(rate: int) -> None:
    audio = Audio.parse(encoded(tone(rate), rate))
    samples = audio.samples(16_000)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(8_000, abs=2)
    assert pitch(samples, 16_000) == pytest.approx(440, abs=3)
    assert np.abs(samples).max() == pytest.approx(0.5, abs=0.05)
    assert audio.seconds == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
def test_any_depth_is_read(subtype: str) -> None:
    samples = Audio.parse(encoded(tone(16_000), 16_000, subtype=subtype)).samples(16_000)
    np.testing.assert_allclose(samples, tone(16_000), atol=0.02)


@pytest.mark.parametrize(("format", "subtype"), [("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("MP3", None)])
def test_any_usual_file_is_read(format: str, subtype: str | None) -> None:
    samples = Audio.parse(encoded(tone(44_100), 44_100, format, subtype)).samples(16_000)
    assert pitch(samples, 16_000) == pytest.approx(440, abs=5)


def test_of_several_channels_the_mean_counts() -> None:
    both = np.stack([tone(16_000), np.zeros(8_000)], axis=1)
    np.testing.assert_allclose(Audio.parse(encoded(both, 16_000)).samples(16_000), tone(16_000) / 2, atol=1e-3)


def test_one_sample_and_silence_are_sounds() -> None:
    assert len(Audio.parse(encoded(np.zeros(1), 16_000)).samples(16_000)) == 1
    assert len(Audio.parse(encoded(np.zeros(1), 44_100)).samples(16_000)) <= 1
    assert not Audio.parse(encoded(np.zeros(1_600), 8_000)).samples(16_000).any()


def test_it_may_be_asked_twice() -> None:
    audio = Audio.parse(encoded(tone(16_000), 16_000))
    np.testing.assert_array_equal(audio.samples(8_000), audio.samples(8_000))


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", 400, "empty"),
        (b"RIFF", 400, "no sound that can be read"),
        (b"hello" * 100, 400, "no sound that can be read"),
        (encoded(np.zeros(0), 16_000), 400, "no samples"),
        (encoded(np.zeros(16_001 * 2), 16_000), 413, "at most 2 s"),
        (encoded(np.zeros(100), 500), 400, "1,000 to 384,000 Hz"),
    ],
)
def test_what_is_no_sound_is_refused_in_words(data: bytes, code: int, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        Audio.parse(data, Bounds(seconds=2))
    assert refused.value.code == code


def test_numbers_that_are_not_finite_are_refused() -> None:
    samples = tone(16_000)
    samples[100] = np.nan
    audio = Audio.parse(encoded(samples, 16_000, subtype="FLOAT"))
    with pytest.raises(BadInput, match="not finite"):
        audio.samples(16_000)


KINDS = (("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"))
WHOLE = {format: encoded(tone(16_000, 0.1), 16_000, format, kind) for format, kind in KINDS}


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 5_000), st.integers(0, 255), st.integers(0, 6_000))
def test_a_damaged_file_is_a_sound_or_refused(format: str, at: int, byte: int, length: int) -> None:
    data = bytearray(WHOLE[format])
    data[at % len(data)] = byte
    try:
        samples = Audio.parse(bytes(data[:length]), Bounds(seconds=2)).samples(16_000)
    except BadInput:
        return
    assert np.isfinite(samples).all()
    assert len(samples) <= 2 * 16_000 * 16
