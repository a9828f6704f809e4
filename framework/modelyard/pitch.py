"""Names of pitches."""

from __future__ import annotations

import math

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
LOWEST, HIGHEST = 0, 127
"""MIDI's numbers of pitches."""


def name(number: int) -> str:
    """What musicians call a MIDI pitch: 60 is C4, 69 is A4, the A of 440 Hz."""
    return f"{_NAMES[number % 12]}{number // 12 - 1}"


def hertz(number: float) -> float:
    """The frequency of a MIDI pitch in equal temperament, A4 at 440 Hz."""
    return float(440.0 * 2.0 ** ((number - 69) / 12))


def number(hertz: float) -> float:
    """The MIDI pitch of a frequency, with the part of a semitone that is left."""
    return 69 + 12 * math.log2(hertz / 440.0)
