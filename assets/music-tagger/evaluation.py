"""Instruments whose name is known, because they are played here: tunes and chords on the samples of a sound font.

A sound font holds recordings of single tones, and says which of them sounds for a key, how it goes on, and how it
fades. What is read of it here is enough for that: no filters, no effects.
"""

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from modelyard.catalog.evaluation.item import Item

RATE = 22_050
PIECES = 6
"""Of each instrument."""
SECONDS = 7.0
PROGRAMS = {
    "piano": 0, "harpsichord": 6, "guitar": 24, "violin": 40, "cello": 42, "harp": 46, "choir": 52, "flute": 73,
    "sitar": 104,
}  # fmt: skip
"""General MIDI's numbers of the instruments that are tags, too."""
RANGES = {"cello": (40, 60), "flute": (65, 88), "violin": (60, 84), "sitar": (55, 76)}
ALIKE = {"violin": {"cello"}, "cello": {"violin"}}
"""What people would not tell apart for sure, and the truth leaves open."""
CHORDS = ("piano", "harpsichord", "guitar", "harp", "choir")
SCALE = (0, 2, 4, 5, 7, 9, 11)
RELEASE = 0.12

# Numbers of the generators of SoundFont 2.04, chapter 8.
_KEYS, _INSTRUMENT, _LOOPS, _SAMPLE, _ROOT, _COARSE, _FINE, _DECAY, _SUSTAIN = 43, 41, 54, 53, 58, 51, 52, 36, 37

Samples = NDArray[np.float64]


def items(data: Path) -> Iterator[Item]:
    """Each instrument alone; the truth names it, and which of the others it is not. The first few are of all kinds."""
    font = SoundFont((data / "soundfont").read_bytes())
    for piece in range(PIECES):
        for number, (instrument, program) in enumerate(PROGRAMS.items()):
            truth = {other: other == instrument for other in PROGRAMS if other not in ALIKE.get(instrument, set())}
            rng = np.random.default_rng((number, piece))
            encoded = io.BytesIO()
            soundfile.write(encoded, played(font, program, instrument, rng), RATE, format="FLAC")
            texture = "chords" if instrument in CHORDS else "tune"
            yield Item(f"{instrument}-{piece}", encoded.getvalue(), truth, {"top": 50}, slices={"texture": texture})


def played(font: "SoundFont", program: int, instrument: str, rng: np.random.Generator) -> Samples:
    """float64 [samples]: a tune along a major scale, with chords below it on what can play them."""
    low, high = RANGES.get(instrument, (57, 79))
    key, beat = int(rng.integers(low, low + 8)), float(rng.uniform(0.3, 0.6))
    sound = np.zeros(round(SECONDS * RATE))
    at, step = 0.05, int(rng.integers(0, 7))
    while at < SECONDS - 0.3:
        length = beat * float(rng.choice([0.5, 1, 1, 2]))
        step = int(np.clip(step + rng.choice([-2, -1, -1, 1, 1, 2, 3]), 0, 11))
        pitch = min(high, key + 12 * (step // 7) + SCALE[step % 7])
        _add(sound, at, font.tone(program, pitch, length) * rng.uniform(0.6, 1))
        at += length
    for bar in np.arange(0.05, SECONDS - 0.5, 4 * beat) if instrument in CHORDS else ():
        root = int(rng.choice([0, 3, 4]))
        for third in (0, 2, 4):
            pitch = key - 12 + 12 * ((root + third) // 7) + SCALE[(root + third) % 7]
            _add(sound, float(bar), font.tone(program, pitch, 4 * beat) * 0.5)
    return sound / np.abs(sound).max() * 0.5


def _add(sound: Samples, seconds: float, tone: Samples) -> None:
    at = round(seconds * RATE)
    tone = tone[: len(sound) - at]
    sound[at : at + len(tone)] += tone


@dataclass
class Zone:
    """What sounds for some keys."""

    generators: Mapping[int, int] = field(default_factory=dict)

    def holds(self, key: int) -> bool:
        low, high = struct.pack("<h", self.generators.get(_KEYS, 127 << 8))
        return low <= key <= high


class SoundFont:
    """A file of the form SoundFont 2, as far as playing single tones needs it.

    Args:
        file: Its bytes.
    """

    def __init__(self, file: bytes) -> None:
        chunks: dict[bytes, bytes] = {}
        _walk(file, 12, len(file), chunks)
        self._wave = np.frombuffer(chunks[b"smpl"], "<i2").astype(np.float64) / 32_768
        # name, start, end, start and end of the loop, rate, root key, correction in cents, link, kind
        self._samples = list(struct.iter_unpack("<20sIIIIIBbHH", chunks[b"shdr"]))
        self._instruments = _zones(chunks, b"inst", "<20sH", 1, b"ibag", b"igen")
        # name, program, bank, first zone, and three that nobody uses
        self._presets = _zones(chunks, b"phdr", "<20sHHHIII", 3, b"pbag", b"pgen")
        heads = list(struct.iter_unpack("<20sHHHIII", chunks[b"phdr"]))[:-1]
        self._programs = {head[1]: number for number, head in enumerate(heads) if head[2] == 0}

    def tone(self, program: int, key: int, seconds: float) -> Samples:
        """float64 [samples] at `RATE`: one key, held so long, and its end."""
        preset = next(
            zone
            for zone in self._presets[self._programs[program]]
            if _INSTRUMENT in zone.generators and zone.holds(key)
        )
        zones = self._instruments[preset.generators[_INSTRUMENT]]
        shared = next((zone.generators for zone in zones if _SAMPLE not in zone.generators), {})
        zone = next(zone for zone in zones if _SAMPLE in zone.generators and zone.holds(key))
        said = {**shared, **zone.generators}
        _, start, end, loop_start, loop_end, rate, root, cents, *_ = self._samples[said[_SAMPLE]]
        root = said.get(_ROOT, root)
        tuned = key - root + said.get(_COARSE, 0) + (said.get(_FINE, 0) + cents) / 100
        count = round((seconds + RELEASE) * RATE)
        places = start + np.arange(count) * (rate / RATE) * 2 ** (tuned / 12)
        if said.get(_LOOPS, 0) & 1 and loop_end > loop_start:
            places = np.where(places < loop_end, places, loop_start + (places - loop_start) % (loop_end - loop_start))
        inside = places < end - 1
        whole = places[inside].astype(int)
        share = places[inside] - whole
        sound = np.zeros(count)
        sound[inside] = self._wave[whole] * (1 - share) + self._wave[whole + 1] * share
        return sound * _envelope(count, seconds, said)


def _envelope(count: int, seconds: float, said: Mapping[int, int]) -> Samples:
    """How a tone fades: to its sustained part while the key is held, and then away."""
    time = np.arange(count) / RATE
    decay = 2 ** (said.get(_DECAY, -12_000) / 1_200)
    held = np.maximum(-min(1_000, said.get(_SUSTAIN, 0)) / 10, -100 * time / decay)
    return 10 ** (held / 20) * np.where(time < seconds, 1, np.exp(-(time - seconds) / (RELEASE / 4)))


def _walk(file: bytes, at: int, end: int, found: dict[bytes, bytes]) -> None:
    """The chunks of a RIFF file by name; lists of chunks are gone into."""
    while at + 8 <= end:
        name, size = file[at : at + 4], struct.unpack_from("<I", file, at + 4)[0]
        if name == b"LIST":
            _walk(file, at + 12, at + 8 + size, found)
        else:
            found[name] = file[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _zones(
    chunks: Mapping[bytes, bytes], heads: bytes, form: str, place: int, bags: bytes, generators: bytes
) -> list[list[Zone]]:
    """The zones of each instrument, or of each preset."""
    firsts = [head[place] for head in struct.iter_unpack(form, chunks[heads])]
    bag = [one[0] for one in struct.iter_unpack("<HH", chunks[bags])]
    said = list(struct.iter_unpack("<Hh", chunks[generators]))
    zones = [Zone(dict(said[start:end])) for start, end in pairwise(bag)]
    return [zones[start:end] for start, end in pairwise(firsts)]
