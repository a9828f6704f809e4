"""Sounds: as recorders and telephones store them, silent, of one sample, damaged.

A sound with the same numbers in another file, with more bits or in other channels with the same mean, has the same
answer.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from modelyard.audio import Audio
from modelyard.bounds import Bounds
from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.tasks import canvas

_RATE = 16_000
_LONGEST = 10
"""Seconds that are taken of a sample."""
_SHARE = 0.8
_PLAIN = "mono, 16 bits"

_BEGINS = {b"RIFF": "audio/wav", b"fLaC": "audio/flac", b"OggS": "audio/ogg"}


def strong() -> bytes:
    """Two seconds of three tones, one after the other."""
    places = np.arange(2 * _RATE) / _RATE
    pitch = np.choose(np.minimum(2, (places * 1.5).astype(int)), [262, 330, 392])
    return _encoded(0.8 * np.sin(2 * np.pi * pitch * places), _RATE)


def weak() -> bytes:
    """A second of next to nothing: noise of a quiet room."""
    return _encoded(np.random.default_rng(7).normal(0, 0.001, _RATE), _RATE)


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no sound, and one without samples."""
    return {
        "notes.txt": (b"This is no sound.\n", "Written by `modelyard new`"),
        "empty.wav": (b"", "A file of no bytes"),
        "no-samples.wav": (_encoded(np.zeros(0), _RATE), "A header and nothing behind it"),
    }


SEED = Seed(
    suffix=".wav",
    strong=strong,
    weak=weak,
    bad=bad,
    code=(
        "samples = audio.samples(16_000)",
        'return {"input": np.clip(np.abs(samples), 0, 1)[np.newaxis]}',
    ),
    domain="Audio",
    input_format="A sound as WAV, FLAC, Ogg or MP3, of any rate",
    requirements=("soundfile>=0.13", "soxr>=1.0"),
)


def seen(data: bytes) -> Seen:
    """The sound's wave, as loud as there is room for; browsers play the file itself."""
    samples = Audio.parse(data).samples(_RATE)
    loudest = max(1e-9, float(np.abs(samples).max(initial=0)))
    return Seen(_BEGINS.get(data[:4], "audio/mpeg"), picture=canvas.wave(samples / loudest), heard=True)


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Sounds of every sort, made of one.

    Args:
        sample: An ordinary sound, of which the first seconds are taken; tones if left out.
    """
    heard, rate = _mono(sample or strong())
    # What 16 bits hold, so that more of them add nothing.
    plain = np.round(heard * 32_767) / 32_768
    both = np.stack([plain, plain], axis=1)
    yield Odd(_PLAIN, _encoded(plain, rate))
    yield Odd("stereo", _encoded(both, rate), like=_PLAIN)
    # The mean of the channels, which neither of them nor their sum is.
    yield Odd("all of it in the second channel", _encoded(both * [0, 2], rate, "FLOAT"), like=_PLAIN)
    yield Odd("24 bits", _encoded(plain, rate, "PCM_24"), like=_PLAIN)
    yield Odd("32-bit floats", _encoded(plain, rate, "FLOAT"), like=_PLAIN)
    yield Odd("FLAC", _encoded(plain, rate, "PCM_16", "FLAC"), like=_PLAIN)
    for other in (8_000, 44_100, 48_000):
        yield Odd(f"{other / 1000:g} kHz, stereo", _encoded(soxr.resample(both, rate, other), other))
    yield Odd("8 bits", _encoded(plain, rate, "PCM_U8"))
    yield Odd("Ogg", _encoded(soxr.resample(plain, rate, 44_100), 44_100, "VORBIS", "OGG"))
    yield Odd("too loud", _encoded(np.clip(plain * 40, -1, 1), rate))
    yield Odd("shorter than a blink", _encoded(plain[: max(1, rate // 50)], rate), "either")
    yield Odd("silent", _encoded(np.zeros(2 * rate), rate), "either")
    yield Odd("one sample", _encoded(np.array([0.5]), rate), "either")
    yield Odd("with what is no number", _encoded(np.where(np.arange(rate) == 9, np.nan, 0.1), rate, "FLOAT"), "refusal")
    whole = _encoded(plain, rate)
    yield Odd("truncated", whole[: len(whole) // 2], "either")
    yield Odd("no samples", _encoded(np.zeros(0), rate), "refusal")
    yield Odd("no sound", b"This is no sound.\n", "refusal")
    yield Odd("empty", b"", "refusal")
    yield Odd("too long", _encoded(np.zeros((Bounds().seconds + 1) * 1_000), 1_000, "PCM_U8"), "refusal")


def _mono(data: bytes) -> tuple[NDArray[np.float64], int]:
    """The start of a sound, and its rate."""
    read, rate = soundfile.read(io.BytesIO(data), always_2d=True, dtype="float64", frames=-1)
    return _SHARE * np.clip(read[: _LONGEST * rate].mean(axis=1), -1, 1), int(rate)


def _encoded(samples: NDArray[Any], rate: int, subtype: str = "PCM_16", kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=kind, subtype=subtype)
    return file.getvalue()
