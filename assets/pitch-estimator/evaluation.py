"""Sounds that are made here, so that their pitch is known at every moment: tones, glides, vibrato and vowels, in noise.

Each has four stretches with a pitch, and silence (but for the noise) around them.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item

RATE = 16_000
SOUNDS = 6
"""Of each kind in each noise."""
NOISES = {"clean": None, "20 dB": 20, "10 dB": 10, "0 dB": 0}
LOWEST, HIGHEST = 80, 1_000
"""Hz between which stretches begin."""
STRETCHES, LONGEST, SHORTEST = 4, 0.8, 0.4
PAUSE = 0.25
EDGE = 0.02
"""Seconds in which a stretch grows and fades."""
STEP = 0.01
"""Seconds between the moments at which the truth is told, as MIREX has it."""
FORMANTS = ((700, 90, 1.0), (1_200, 110, 0.6), (2_600, 160, 0.25), (3_500, 200, 0.15))
"""Hz, width in Hz and strength of the resonances of an open vowel (a)."""

Curve = NDArray[np.float64]


def items(data: Path) -> Iterator[Item]:
    """Each kind of sound in each noise; the first few are of all of them."""
    for number in range(SOUNDS):
        for kind_number, kind in enumerate(("tone", "glide", "vibrato", "vowel")):
            for noise_number, noise in enumerate(NOISES):
                rng = np.random.default_rng((kind_number, noise_number, number))
                sound, truth = made(kind, NOISES[noise], rng)
                encoded = io.BytesIO()
                soundfile.write(encoded, sound, RATE, format="FLAC")
                name = f"{kind}-{noise.replace(' ', '')}-{number}"
                yield Item(name, encoded.getvalue(), truth, slices={"kind": kind, "noise": noise})


def made(kind: str, decibels: float | None, rng: np.random.Generator) -> tuple[Curve, tuple[Curve, Curve]]:
    """A sound; the moments, and the frequency at each of them, 0 where there is none."""
    pause = np.zeros(round(PAUSE * RATE))
    sounds, curves = [pause], [pause]
    for _ in range(STRETCHES):
        hertz = curve(kind, rng)
        edge = np.minimum(1, np.minimum(np.arange(len(hertz)), np.arange(len(hertz))[::-1]) / (EDGE * RATE))
        sounds += [voiced(kind, hertz, rng) * edge * rng.uniform(0.4, 1), pause]
        curves += [hertz, pause]
    sound, hertz = np.concatenate(sounds), np.concatenate(curves)
    if decibels is not None:
        loud = np.sqrt((sound[hertz > 0] ** 2).mean())
        sound = sound + rng.normal(0, loud / 10 ** (decibels / 20), len(sound))
    moments = np.arange(0, len(sound), round(STEP * RATE))
    return sound / np.abs(sound).max() * 0.8, (moments / RATE, hertz[moments])


def curve(kind: str, rng: np.random.Generator) -> Curve:
    """Hz, for each sample of a stretch."""
    time = np.arange(round(rng.uniform(SHORTEST, LONGEST) * RATE)) / RATE
    start = np.exp(rng.uniform(np.log(LOWEST), np.log(HIGHEST if kind != "vowel" else 400)))
    semitones = np.zeros(len(time))
    if kind == "glide":
        semitones = rng.uniform(-12, 12) * time / time[-1]
    if kind == "vibrato":
        semitones = rng.uniform(0.3, 1) * np.sin(2 * np.pi * rng.uniform(4.5, 7) * time)
    if kind == "vowel":  # an intonation: up and down, and a little unsteady
        semitones = rng.uniform(-5, 5) * np.sin(np.pi * time / time[-1]) + 0.1 * np.sin(2 * np.pi * 9 * time)
    hertz: Curve = start * 2 ** (semitones / 12)
    return hertz


def voiced(kind: str, hertz: Curve, rng: np.random.Generator) -> Curve:
    """The partials of a pitch, falling as those of strings and pipes do; a vowel's as its resonances have them."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    falling = rng.uniform(0.8, 1.6)
    sound = np.zeros(len(hertz))
    for number in range(1, int(0.45 * RATE / hertz.min()) + 1):
        partial = number * hertz
        strength: float | Curve = number**-falling
        if kind == "vowel":
            heard = sum(loud / (1 + ((partial - middle) / width) ** 2) for middle, width, loud in FORMANTS)
            strength = number**-1.2 * (heard + 0.02)
        sound += np.where(partial < 0.45 * RATE, strength, 0) * np.sin(number * phase)
    return sound / np.abs(sound).max()
