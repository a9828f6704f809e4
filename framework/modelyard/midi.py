"""Standard MIDI files: notes in, notes out."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

TICKS = 480
"""Of a quarter note, which lasts half a second here: a tick is about a millisecond."""
TEMPO = 500_000
"""Microseconds of a quarter note: 120 in a minute, what players take where a file names none."""
_ON, _OFF = 0x90, 0x80
_END = b"\x00\xff\x2f\x00"
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}


class MidiNote(NamedTuple):
    """One note.

    Attributes:
        start: In seconds.
        end: In seconds.
        pitch: 0 to 127; 69 is the A of 440 Hz.
        velocity: How hard the key is struck, 1 to 127.
    """

    start: float
    end: float
    pitch: int
    velocity: int


def write(notes: Iterable[MidiNote]) -> bytes:
    """A file of one track, at 120 quarter notes in a minute; the same bytes for the same notes."""
    events = []
    for note in notes:
        on = round(note.start * 2 * TICKS)
        # A note of no length would end before it began.
        off = max(on + 1, round(note.end * 2 * TICKS))
        events += [(on, 1, note.pitch, note.velocity), (off, 0, note.pitch, 0)]
    track = bytearray(b"\x00\xff\x51\x03" + TEMPO.to_bytes(3, "big"))
    now = 0
    for tick, on, pitch, velocity in sorted(events):
        track += _length(tick - now) + bytes((_ON if on else _OFF, pitch, velocity))
        now = tick
    track += _END
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def read(data: bytes) -> list[MidiNote]:
    """The notes of a file of one track, in the order in which they start.

    Raises:
        ValueError: It is no such file, or it is damaged.
    """
    if data[:4] != b"MThd" or len(data) < 22 or data[14:18] != b"MTrk":
        raise ValueError("this is no standard MIDI file")
    kind, tracks, ticks = struct.unpack(">HHH", data[8:14])
    if kind != 0 or tracks != 1 or not 0 < ticks < 0x8000:
        raise ValueError(f"a MIDI file of one track is read here, not one of form {kind} with {tracks} tracks")
    (length,) = struct.unpack(">I", data[18:22])
    track = data[22 : 22 + length]
    if len(track) < length:
        raise ValueError("the MIDI file is damaged: it is shorter than it says")
    try:
        return sorted(_notes(track, ticks))
    except IndexError:
        raise ValueError("the MIDI file is damaged: it ends within an event") from None


def _notes(track: bytes, ticks: int) -> list[MidiNote]:
    seconds, tempo, at, status = 0.0, TEMPO, 0, 0
    sounding: dict[int, list[tuple[float, int]]] = {}
    found = []
    while at < len(track):
        ticked, at = _number(track, at)
        seconds += ticked * tempo / 1e6 / ticks
        if track[at] & 0x80:
            status, at = track[at], at + 1
        if status == 0xFF:
            kind = track[at]
            size, at = _number(track, at + 1)
            if kind == 0x2F:
                break
            if kind == 0x51:
                tempo = int.from_bytes(track[at : at + size], "big")
            at += size
        elif status in (0xF0, 0xF7):
            size, at = _number(track, at)
            at += size
        else:
            kind = status & 0xF0
            if kind not in _DATA_BYTES:
                raise ValueError(f"the MIDI file is damaged: there is no event {status:#x}")
            pitch, velocity = track[at], track[at + _DATA_BYTES[kind] - 1]
            at += _DATA_BYTES[kind]
            if kind == _ON and velocity:
                sounding.setdefault(pitch, []).append((seconds, velocity))
            elif kind in (_ON, _OFF) and sounding.get(pitch):
                start, struck = sounding[pitch].pop(0)
                found.append(MidiNote(start, seconds, pitch, struck))
    return found


def _length(number: int) -> bytes:
    """A number as MIDI has it: seven bits a byte, all but the last with the eighth set."""
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins there, and where it ends."""
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
