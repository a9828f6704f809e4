"""Pieces that are made here, so that every note of them is known: seeded tunes and chords, on four kinds of instrument.

A tone is the sum of its partials. What makes an instrument is how strong they are, how far they are from whole
multiples, how they begin and fade, and a noise at the start; room and recording add an echo and a hiss.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item

RATE = 22_050
PIECES = 5
"""Of each instrument and texture."""
BEATS = 16
SCALE = (0, 2, 4, 5, 7, 9, 11)
ECHOES = ((0.031, 0.16), (0.047, 0.11), (0.083, 0.07), (0.139, 0.04))
HISS = 0.001


@dataclass(frozen=True)
class Instrument:
    """How a tone is made.

    Attributes:
        partials: How strong each is.
        stretch: Inharmonicity, as of a stiff string: partial k is at k · √(1 + stretch · k²).
        attack: Seconds until the tone is there.
        fade: Seconds in which the fundamental falls to a third; 0 for a tone that is held. Higher partials fall faster.
        release: Seconds in which it falls to a third after its end.
        vibrato: Semitones to either side.
        strike: How loud the noise at the start is.
    """

    partials: tuple[float, ...]
    stretch: float
    attack: float
    fade: float
    release: float
    vibrato: float
    strike: float


INSTRUMENTS = {
    "struck": Instrument((1, 0.7, 0.45, 0.3, 0.2, 0.15, 0.1, 0.06), 3e-4, 0.004, 1.2, 0.06, 0, 0.02),
    "plucked": Instrument((1, 0.8, 0.6, 0.5, 0.35, 0.3, 0.2, 0.15, 0.1), 5e-5, 0.003, 0.5, 0.05, 0, 0.04),
    "reed": Instrument((1, 0.25, 0.7, 0.2, 0.4, 0.12, 0.2), 0, 0.02, 0, 0.04, 0, 0.004),
    "bowed": Instrument((1, 0.75, 0.6, 0.45, 0.4, 0.3, 0.25, 0.2, 0.12), 0, 0.05, 0, 0.07, 0.15, 0.006),
}

Notes = list[tuple[float, float, int]]


def items(data: Path) -> Iterator[Item]:
    """Tunes, and tunes over chords, on each instrument; the first few are of all kinds."""
    for piece in range(PIECES):
        for number, instrument in enumerate(INSTRUMENTS):
            for chords in (False, True):
                texture = "chords" if chords else "tune"
                rng = np.random.default_rng((number, chords, piece))
                notes = composed(rng, chords)
                encoded = io.BytesIO()
                soundfile.write(encoded, played(notes, INSTRUMENTS[instrument], rng), RATE, format="FLAC")
                yield Item(
                    f"{instrument}-{texture}-{piece}", encoded.getvalue(), notes,
                    slices={"instrument": instrument, "texture": texture},
                )  # fmt: skip


def composed(rng: np.random.Generator, chords: bool) -> Notes:
    """A tune that walks along a major scale; with chords, three notes below it each second beat."""
    beat = float(rng.uniform(0.4, 0.7))
    key = int(rng.integers(55, 67))
    notes: Notes = []
    step, at = 0, 0.0
    while at < BEATS:
        length = float(rng.choice([0.5, 1, 1, 1.5, 2]))
        step = int(np.clip(step + rng.choice([-3, -2, -1, -1, 1, 1, 2, 4]), -4, 11))
        notes.append(_note(at, length, _pitch(key, step), beat))
        at += length
    if chords:
        for bar in range(0, BEATS, 2):
            root = int(rng.choice([0, 3, 4, 5])) - 9
            notes += [_note(bar, 2, _pitch(key, root + third), beat) for third in (0, 2, 4)]
    return sorted(set(notes))


def _note(at: float, length: float, pitch: int, beat: float) -> tuple[float, float, int]:
    return 0.2 + at * beat, 0.2 + (at + length) * beat - 0.03, pitch


def _pitch(key: int, step: int) -> int:
    return key + 12 * (step // 7) + SCALE[step % 7]


def played(notes: Notes, instrument: Instrument, rng: np.random.Generator) -> NDArray[np.float64]:
    """float64 [samples], from -1 to 1."""
    length = round((max(end for _, end, _ in notes) + 1) * RATE)
    sound = np.zeros(length)
    for start, end, pitch in notes:
        heard = tone(pitch, end - start, instrument, rng) * rng.uniform(0.5, 1)
        at = round(start * RATE)
        heard = heard[: length - at]
        sound[at : at + len(heard)] += heard
    dry = sound.copy()
    for seconds, loud in ECHOES:
        late = round(seconds * RATE)
        sound[late:] += loud * dry[:-late]
    return sound / np.abs(sound).max() * 0.7 + rng.normal(0, HISS, length)


def tone(pitch: int, seconds: float, instrument: Instrument, rng: np.random.Generator) -> NDArray[np.float64]:
    """One note, with what is heard of it after its end."""
    time = np.arange(round((seconds + 4 * instrument.release) * RATE)) / RATE
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    bent = 2 ** (instrument.vibrato / 12 * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * time) * np.minimum(1, time / 0.3))
    phase = 2 * np.pi * np.cumsum(hertz * bent) / RATE
    sound = np.zeros(len(time))
    for number, strength in enumerate(instrument.partials, 1):
        multiple = number * np.sqrt(1 + instrument.stretch * number**2)
        if multiple * hertz > 0.45 * RATE:
            break
        fading = np.exp(-time * number**0.7 / instrument.fade) if instrument.fade else 1.0
        sound += strength * fading * np.sin(multiple * phase + rng.uniform(0, 2 * np.pi))
    sound += instrument.strike * rng.normal(0, 1, len(time)) * np.exp(-time / 0.02) * sum(instrument.partials)
    return sound * np.minimum(1, time / instrument.attack) * np.exp(-np.maximum(0, time - seconds) / instrument.release)
