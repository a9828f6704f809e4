"""Speech with noise of a known level in it: the more noise, the worse it sounds."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item

RATE = 16_000
SEED = 20260103
SECONDS = 9.01
"""A single window each."""
LEVELS = (-5, 0, 5, 10, 15, 20, 30, 40)
"""Decibels of the speech over the noise."""
PROMPTS = 7
KINDS = ("white", "pink", "hum", "babble")

Sound = NDArray[np.float64]


def items(data: Path) -> Iterator[Item]:
    """Each voice at each level, in noise of one kind after another."""
    random = np.random.default_rng(SEED)
    voices = {f"reading-{number}": voice for number, voice in enumerate(readings(data))}
    files = sorted((data / "prompts").glob("*.wav"))
    prompts = [prompt for prompt in map(read, random.permuted(files)[:200]) if 2 * RATE < len(prompt) < 8 * RATE]
    voices |= {f"prompt-{number}": voice for number, voice in enumerate(prompts[:PROMPTS])}
    others = prompts[PROMPTS : PROMPTS + 6]
    for turn, (name, voice) in enumerate(voices.items()):
        for level in LEVELS:
            kind = KINDS[turn % len(KINDS)]
            speech = np.resize(voice, int(SECONDS * RATE))
            mixed = speech + noise(kind, len(speech), others, random) * np.sqrt(np.mean(speech**2)) * 10 ** (
                -level / 20
            )
            sound = 0.7 * mixed / np.abs(mixed).max()
            yield Item(f"{name}-{level}-db", encoded(sound), float(level), slices={"noise": kind})


def readings(data: Path) -> Iterator[Sound]:
    """Sentences of an audio book."""
    for file in sorted((data / "readings").glob("*.wav")):
        yield read(file)


def read(file: Path) -> Sound:
    """A file's sound at 16 kHz, as loud as the others."""
    samples, rate = soundfile.read(file)
    sound: Sound = soxr.resample(samples, rate, RATE)
    return sound / max(1e-9, float(np.sqrt(np.mean(sound**2))))


def noise(kind: str, samples: int, others: list[Sound], random: np.random.Generator) -> Sound:
    """Noise of power 1."""
    if kind == "babble":
        made = np.sum([np.roll(np.resize(one, samples), int(random.integers(samples))) for one in others], axis=0)
    elif kind == "hum":
        moments = np.arange(samples) / RATE
        made = np.sum([np.sin(2 * np.pi * 50 * part * moments) / part for part in range(1, 12)], axis=0)
        made += 0.05 * random.normal(size=samples)
    else:
        frequencies = np.maximum(np.fft.rfftfreq(samples), 40 / RATE)
        spectrum = random.normal(size=len(frequencies)) + 1j * random.normal(size=len(frequencies))
        made = np.fft.irfft(spectrum / (np.sqrt(frequencies) if kind == "pink" else 1), samples)
    return made / np.sqrt(np.mean(made**2))


def encoded(sound: Sound) -> bytes:
    """A WAV file of 16 bits."""
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()
