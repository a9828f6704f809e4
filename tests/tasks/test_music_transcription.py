"""Notes: how they are ordered, sent as JSON or as a MIDI file, compared and drawn."""

from __future__ import annotations

import base64
import io
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard import Audio, ModelyardError, Note, Transcription, midi, pitch, tasks
from modelyard.catalog.metrics import music_transcription as metrics

TASK = tasks.load("music-transcription")
unhurried = settings(deadline=None)
TUNE = Transcription.of(Note(0.5 * n, 0.5 * n + 0.4, 60 + 2 * n, 0.5) for n in range(8))


def moved(answer: Transcription, **by: float) -> Transcription:
    return Transcription.of(
        replace(one, **{name: getattr(one, name) + value for name, value in by.items()}) for one in answer.notes
    )


def loss(expected: Transcription, got: Transcription) -> float:
    return TASK.difference(expected, got)["note_loss"]


@st.composite
def tunes(draw: st.DrawFn) -> Transcription:
    """Notes that start and end on a tick, no two of one pitch at a time."""
    found = []
    for number in draw(st.sets(st.integers(0, 127), max_size=5)):
        edges = sorted(draw(st.sets(st.integers(0, 20_000), min_size=2, max_size=8)))
        for start, end in zip(edges[::2], edges[1::2], strict=False):
            found.append(Note(start / 960, end / 960, number, draw(st.integers(1, 127)) / 127))
    return Transcription.of(found)


@pytest.mark.parametrize(
    ("start", "end", "number", "amplitude"),
    [(1, 1, 60, 0.5), (2, 1, 60, 0.5), (-1, 1, 60, 0.5), (0, 1, 128, 0.5), (0, 1, -1, 0.5), (0, 1, 60, 1.1),
     (float("nan"), 1, 60, 0.5), (0, float("inf"), 60, 0.5), (0, 1, 60, float("nan"))],
)  # fmt: skip
def test_what_is_no_note_is_refused(start: float, end: float, number: int, amplitude: float) -> None:
    with pytest.raises(ValueError, match=r"last|pitch|amplitude"):
        Note(start, end, number, amplitude)


def test_notes_stand_in_the_order_in_which_they_start() -> None:
    with pytest.raises(ValueError, match="order"):
        Transcription(TUNE.notes[::-1])
    assert Transcription.of(TUNE.notes[::-1]) == TUNE


def test_of_notes_that_start_together_the_lowest_comes_first_however_long() -> None:
    chord = [Note(1, 3, 60, 0.5), Note(1, 2, 64, 0.5), Note(1, 2.5, 67, 0.5)]
    assert [one.pitch for one in Transcription.of(chord).notes] == [60, 64, 67]


@pytest.mark.parametrize(("number", "name"), [(60, "C4"), (69, "A4"), (0, "C-1"), (127, "G9"), (61, "C#4")])
def test_a_pitch_has_its_name(number: int, name: str) -> None:
    assert pitch.name(number) == name
    assert pitch.number(pitch.hertz(number)) == pytest.approx(number)


@unhurried
@given(tunes())
def test_a_midi_file_holds_all_notes(tune: Transcription) -> None:
    heard = TASK.parse(tune.midi())
    assert loss(tune, heard) == 0
    assert [one.velocity for one in heard.notes] == [one.velocity for one in tune.notes]
    for one, other in zip(tune.notes, heard.notes, strict=True):
        assert (one.start, one.end) == pytest.approx((other.start, other.end), abs=1e-6)


def test_a_midi_file_is_one_that_others_read() -> None:
    """Byte by byte, as the specification has it: a header, a tempo, one note, the end of the track."""
    assert midi.write([midi.MidiNote(0, 0.5, 69, 100)]).hex(" ") == (
        "4d 54 68 64 00 00 00 06 00 00 00 01 01 e0 "
        "4d 54 72 6b 00 00 00 14 00 ff 51 03 07 a1 20 00 90 45 64 83 60 80 45 00 00 ff 2f 00"
    )


def test_a_note_that_begins_where_another_of_its_pitch_ends_is_one_of_its_own() -> None:
    twice = Transcription.of([Note(0, 1, 60, 0.5), Note(1, 2, 60, 0.5)])
    assert [(one.start, one.end) for one in TASK.parse(twice.midi()).notes] == [(0, 1), (1, 2)]


@unhurried
@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 200))
def test_a_damaged_midi_file_is_read_or_refused_in_words(at: int, byte: int, length: int) -> None:
    data = bytearray(TUNE.midi())
    data[at % len(data)] = byte
    with suppress(ModelyardError):  # and nothing else
        TASK.parse(bytes(data[:length]))


def test_both_forms_say_the_same() -> None:
    body = TASK.encode(TUNE)
    assert TASK.decode({"midi": body["midi"]}).notes[3].pitch == body["notes"][3]["pitch"] == 66
    assert base64.b64decode(body["midi"]) == TUNE.midi()
    assert body["notes"][0]["velocity"] == 64


def test_a_note_is_the_same_that_starts_within_50_ms() -> None:
    assert loss(TUNE, moved(TUNE, start=0.049)) == 0
    assert loss(TUNE, moved(TUNE, start=0.051)) == 1
    assert loss(TUNE, moved(TUNE, pitch=1)) == 1


def test_missing_and_additional_notes_count() -> None:
    assert loss(TUNE, Transcription(TUNE.notes[:4])) == pytest.approx(1 - 2 * 4 / 12)
    assert loss(Transcription(TUNE.notes[:4]), TUNE) == pytest.approx(1 - 2 * 4 / 12)
    assert loss(Transcription(()), Transcription(())) == 0
    assert loss(TUNE, Transcription(())) == 1


def test_a_note_stands_for_one_note_only() -> None:
    one = Transcription.of([Note(1, 2, 60, 0.5)])
    two = Transcription.of([Note(0.98, 1, 60, 0.5), Note(1.02, 2, 60, 0.5)])
    assert loss(one, two) == pytest.approx(1 / 3)


def test_times_and_amplitudes_of_what_is_the_same_are_compared() -> None:
    found = TASK.difference(TUNE, moved(TUNE, start=0.02, end=0.04, amplitude=0.1))
    assert found == {"note_loss": 0, "timing": pytest.approx(0.03), "amplitude": pytest.approx(0.1)}


@unhurried
@given(tunes(), tunes())
def test_our_f_measure_is_mir_evals(one: Transcription, other: Transcription) -> None:
    truth = [(note.start, note.end, note.pitch) for note in one.notes]
    if one.notes and other.notes:
        assert 1 - loss(one, other) == pytest.approx(metrics.observe(other, truth)["note_f1"])


def test_a_truth_of_its_own_is_found_whole() -> None:
    truth = [(note.start, note.end, note.pitch) for note in TUNE.notes]
    rows = [metrics.observe(TUNE, truth), metrics.observe(Transcription(TUNE.notes[:4]), truth)]
    found = metrics.summarise(rows)
    assert found.keys() == metrics.METRICS.keys()
    assert found["note_precision"] == 1
    assert found["note_recall"] == pytest.approx(0.75)
    assert found["note_f1"] == pytest.approx((1 + 2 / 3) / 2)


def test_notes_are_drawn_as_a_piano_roll() -> None:
    encoded = io.BytesIO()
    soundfile.write(encoded, np.zeros(8_000), 4_000, format="WAV")
    sound = Audio.parse(encoded.getvalue())
    drawn = TASK.draw(sound, TUNE, ())
    empty = TASK.draw(sound, Transcription(()), ())
    assert drawn.size == empty.size
    assert drawn.tobytes() != empty.tobytes()
