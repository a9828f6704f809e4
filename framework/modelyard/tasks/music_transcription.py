"""Music transcription: which notes are played, when, and how loud."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import PIL.Image

from modelyard import midi, pitch
from modelyard.audio import Audio
from modelyard.errors import ModelyardError
from modelyard.tasks import canvas, kept
from modelyard.tasks.task import AnswerFile, Measure, Task

ONSET_TOLERANCE = 0.05
"""Seconds by which the starts of two notes may differ that are taken for the same, as MIREX and mir_eval have it."""
_ROUNDING = 1e-6
_RATE = 4_000


@dataclass(frozen=True)
class Note:
    """One note.

    Attributes:
        start: In seconds from the beginning of the sound.
        end: In seconds.
        pitch: MIDI's number, 0 to 127; 60 is the middle C.
        amplitude: How sure, and by that roughly how loud, it sounds; 0 to 1.

    Raises:
        ValueError: It ends before it starts, or a number is out of its range.
    """

    start: float
    end: float
    pitch: int
    amplitude: float

    def __post_init__(self) -> None:
        # Written so that a NaN fails.
        if not 0 <= self.start < self.end < float("inf"):
            raise ValueError(f"a note from {self.start} to {self.end} s doesn't last")
        if not pitch.LOWEST <= self.pitch <= pitch.HIGHEST:
            raise ValueError(f"{self.pitch} is no pitch of MIDI's: they go from {pitch.LOWEST} to {pitch.HIGHEST}")
        if not 0 <= self.amplitude <= 1 + _ROUNDING:
            raise ValueError("an amplitude is a number from 0 to 1")

    @property
    def velocity(self) -> int:
        """The amplitude as MIDI has it, 1 to 127."""
        return min(127, max(1, round(127 * self.amplitude)))


@dataclass(frozen=True)
class Transcription:
    """The notes of a sound, in the order in which they start; of those that start together, the lowest first.

    Raises:
        ValueError: They are in another order.
    """

    notes: tuple[Note, ...]

    def __post_init__(self) -> None:
        if any(_order(one) > _order(other) for one, other in zip(self.notes, self.notes[1:], strict=False)):
            raise ValueError("the notes are not in the order in which they start")

    @classmethod
    def of(cls, notes: Iterable[Note]) -> Self:
        """The notes in their order, however they come."""
        return cls(tuple(sorted(notes, key=_order)))

    def midi(self) -> bytes:
        """A standard MIDI file."""
        return midi.write(midi.MidiNote(one.start, one.end, one.pitch, one.velocity) for one in self.notes)


def _order(note: Note) -> tuple[float, int]:
    return note.start, note.pitch


def _encode(answer: Transcription) -> dict[str, Any]:
    return {**_notes(answer), "midi": base64.b64encode(answer.midi()).decode()}


def _notes(answer: Transcription) -> dict[str, Any]:
    return {
        "notes": [
            {
                "start": one.start,
                "end": one.end,
                "pitch": one.pitch,
                "name": pitch.name(one.pitch),
                "velocity": one.velocity,
                "amplitude": one.amplitude,
            }
            for one in answer.notes
        ]
    }


def _decode(body: Mapping[str, Any]) -> Transcription:
    try:
        if "notes" not in body and "midi" in body:
            heard = midi.read(base64.b64decode(body["midi"], validate=True))
            return Transcription.of(Note(one.start, one.end, one.pitch, one.velocity / 127) for one in heard)
        return Transcription(
            tuple(
                Note(float(one["start"]), float(one["end"]), int(one["pitch"]), float(one["amplitude"]))
                for one in body["notes"]
            )
        )
    except (KeyError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise ModelyardError(f"this is no answer of music-transcription: {error!r}") from None


def matched(expected: Transcription, got: Transcription) -> list[tuple[Note, Note]]:
    """Pairs of notes of one pitch that start within `ONSET_TOLERANCE`; each note is in one pair at most.

    Along a line, with one tolerance for all, taking the first that fits makes as many pairs as can be made.
    """
    pairs = []
    for number in sorted({one.pitch for one in expected.notes}):
        waiting = [one for one in got.notes if one.pitch == number]
        for note in (one for one in expected.notes if one.pitch == number):
            while waiting and _late(note, waiting[0]) > ONSET_TOLERANCE:
                waiting.pop(0)
            if waiting and -_late(note, waiting[0]) <= ONSET_TOLERANCE:
                pairs.append((note, waiting.pop(0)))
    return pairs


def _late(note: Note, other: Note) -> float:
    """Seconds by which a note starts after another one, to a tenth of a millisecond, as mir_eval has it."""
    return round(note.start - other.start, 4)


def _difference(expected: Transcription, got: Transcription) -> dict[str, float]:
    pairs = matched(expected, got)
    count = len(expected.notes) + len(got.notes)
    edges = [(abs(one.start - other.start) + abs(one.end - other.end)) / 2 for one, other in pairs]
    louder = [abs(one.amplitude - other.amplitude) for one, other in pairs]
    return {
        "note_loss": 1 - 2 * len(pairs) / count if count else 0.0,
        "timing": sum(edges) / len(pairs) if pairs else 0.0,
        "amplitude": sum(louder) / len(pairs) if pairs else 0.0,
    }


def _describe(answer: Transcription, labels: Sequence[str]) -> str:
    if not answer.notes:
        return "no notes"
    first = " ".join(pitch.name(one.pitch) for one in answer.notes[:8])
    more = " …" if len(answer.notes) > 8 else ""
    return f"{len(answer.notes)} notes in {max(one.end for one in answer.notes):.1f} s: {first}{more}"


def _draw(audio: Audio, answer: Transcription, labels: Sequence[str]) -> PIL.Image.Image:
    """A piano roll, darker where it is louder, and below it the sound."""
    roll = canvas.Pitches([one.pitch for one in answer.notes], audio.seconds)
    for note in answer.notes:
        roll.bar(note.start, note.end, note.pitch, note.amplitude)
    return canvas.stacked([roll.picture, canvas.wave(audio.samples(_RATE))])


TASK = Task(
    name="music-transcription",
    title="Music Transcription",
    input=Audio,
    output=Transcription,
    schema={
        "notes": {
            "type": "array",
            "description": "The notes in the order in which they start; of those that start together, the lower first.",
            "items": {
                "type": "object",
                "required": ["start", "end", "pitch", "name", "velocity", "amplitude"],
                "properties": {
                    "start": {"type": "number", "description": "Seconds from the beginning of the sound."},
                    "end": {"type": "number", "description": "Seconds from the beginning of the sound."},
                    "pitch": {"type": "integer", "description": "MIDI's number of the pitch: 60 is the middle C."},
                    "name": {"type": "string", "description": "The pitch as musicians call it: 60 is C4."},
                    "velocity": {"type": "integer", "description": "The amplitude as MIDI has it, 1 to 127."},
                    "amplitude": {
                        "type": "number",
                        "description": "How sure, and by that roughly how loud, the note sounds, 0 to 1.",
                    },
                },
            },
            "example": [
                {"start": 0.5, "end": 1.25, "pitch": 60, "name": "C4", "velocity": 95, "amplitude": 0.75},
                {"start": 1.25, "end": 2.0, "pitch": 64, "name": "E4", "velocity": 64, "amplitude": 0.5},
            ],
        },
        "midi": {
            "type": "string",
            "format": "byte",
            "description": "The same notes as a standard MIDI file, as base64.",
            "example": "TVRoZAAAAAYAAAABAeBNVHJrAAAAHgD/UQMHoSCDYJA8X4VQgDwAAJBAQIVQgEAAAP8vAA==",
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "note_loss": Measure(
            "1 - F-measure of the notes: pairs have one pitch and start within 50 ms of each other", 0.02
        ),
        "timing": Measure("seconds by which the starts and ends of the pairs differ, the mean", 0.01),
        "amplitude": Measure("difference of the amplitudes of the pairs, the mean", 0.01),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(_notes),
    read=kept.reader(_decode),
    observe=lambda answer: [(pitch.name(one.pitch), None) for one in answer.notes],
    file=AnswerFile("audio/midi", "midi", usual=False),
)
