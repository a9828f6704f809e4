"""Pitches over time: what is one, how they are sent, compared, measured and drawn."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from modelyard import Audio, PitchTrack, tasks
from modelyard.catalog.metrics import pitch_estimation as metrics
from modelyard.serving.encode import to_json

TASK = tasks.load("pitch-estimation")
unhurried = settings(deadline=None)
TIMES = np.arange(100) * 0.016


def track(hertz: NDArray[np.float64] | float, confidence: float = 0.9) -> PitchTrack:
    return PitchTrack(TIMES, np.broadcast_to(hertz, TIMES.shape).astype(float), np.full(len(TIMES), confidence))


def half(hertz: float) -> PitchTrack:
    """A pitch, and nothing in the second half."""
    return track(np.where(TIMES < 0.8, hertz, np.nan))


@pytest.mark.parametrize(
    ("times", "frequencies", "confidence"),
    [
        ([0, 1], [440], [1, 1]),
        ([0, 1], [440, 440], [1]),
        ([0, 0], [440, 440], [1, 1]),
        ([1, 0], [440, 440], [1, 1]),
        ([-1, 0], [440, 440], [1, 1]),
        ([0, np.inf], [440, 440], [1, 1]),
        ([0, 1], [440, 0], [1, 1]),
        ([0, 1], [440, np.inf], [1, 1]),
        ([0, 1], [440, 440], [1, 1.1]),
        ([0, 1], [440, 440], [1, np.nan]),
        ([[0, 1]], [[440, 440]], [[1, 1]]),
    ],
)
def test_what_is_no_track_is_refused(times: list[float], frequencies: list[float], confidence: list[float]) -> None:
    with pytest.raises(ValueError, match=r"each time|rise|above 0|confidence"):
        PitchTrack(np.array(times, float), np.array(frequencies, float), np.array(confidence, float))


def test_where_there_is_no_pitch_is_null() -> None:
    body = json.loads(to_json(TASK.encode(half(440))))
    assert body["frequencies"] == [440.0] * 50 + [None] * 50
    assert len(body["times"]) == len(body["confidence"]) == 100


@unhurried
@given(st.lists(st.one_of(st.none(), st.floats(20, 5_000)), min_size=1, max_size=30))
def test_an_answer_is_sent_and_read_again(heard: list[float | None]) -> None:
    given = PitchTrack(
        np.arange(len(heard)) * 0.01,
        np.array([np.nan if one is None else one for one in heard]),
        np.linspace(0, 1, len(heard)),
    )
    back = TASK.parse(to_json(TASK.encode(given)))
    np.testing.assert_array_equal(back.frequencies, given.frequencies)
    np.testing.assert_array_equal(back.voiced, [one is not None for one in heard])


def test_pitches_are_compared_in_cents() -> None:
    found = TASK.difference(track(440), track(440 * 2 ** (3 / 1_200)))
    assert found == {"cents": pytest.approx(3), "voicing": 0, "confidence": 0}
    assert TASK.difference(track(440), track(220))["cents"] == pytest.approx(1_200)


def test_where_only_one_has_a_pitch_counts_as_voicing() -> None:
    found = TASK.difference(track(440), half(440))
    assert found == {"cents": 0, "voicing": 0.5, "confidence": 0}


def test_no_pitch_at_all_is_as_far_from_one_as_can_be() -> None:
    nothing = track(np.nan, 0.1)
    assert not any(TASK.difference(nothing, nothing).values())
    assert TASK.difference(track(440, 0.1), nothing) == {"cents": 1_200, "voicing": 1, "confidence": 0}


def test_answers_of_other_times_are_not_compared() -> None:
    later = PitchTrack(TIMES + 0.016, track(440).frequencies, track(440).confidence)
    shorter = PitchTrack(TIMES[:50], track(440).frequencies[:50], track(440).confidence[:50])
    for other in (later, shorter):
        assert TASK.difference(track(440), other) == {"cents": 1_200, "voicing": 1, "confidence": 1}


def test_it_is_described_with_its_range() -> None:
    assert "440.0 Hz (A4)" in TASK.describe(half(440), ())
    assert TASK.describe(track(np.nan), ()) == "no pitch in 100 moments"


def test_a_kept_answer_holds_null_where_there_is_no_pitch(tmp_path: Path) -> None:
    TASK.write(half(440), tmp_path / "kept.json")
    assert not any(TASK.difference(half(440), TASK.read(tmp_path / "kept.json")).values())


def observed(answer: PitchTrack, hertz: float = 440) -> dict[str, float]:
    """Held to a sound that has the pitch in its first half."""
    return dict(metrics.observe(answer, (TIMES, np.where(TIMES < 0.8, hertz, 0.0))))


def test_the_right_answer_is_right() -> None:
    row = observed(half(440))
    assert row.keys() == metrics.METRICS.keys()
    assert [row[name] for name in metrics.METRICS] == pytest.approx([1, 1, 1, 0, 1, 0], abs=1e-6)


def test_an_octave_is_right_in_chroma_only() -> None:
    row = observed(half(880))
    assert row["raw_pitch_accuracy"] == pytest.approx(0, abs=1e-6)
    assert row["raw_chroma_accuracy"] == pytest.approx(1, abs=1e-6)
    assert row["cents"] is None


def test_a_pitch_where_there_is_none_is_a_false_alarm() -> None:
    row = observed(track(440))
    assert row["voicing_recall"] == pytest.approx(1, abs=1e-6)
    assert row["voicing_false_alarm"] == pytest.approx(1, abs=1e-6)
    assert row["overall_accuracy"] == pytest.approx(0.5, abs=1e-6)


def test_a_quarter_of_a_semitone_is_within_50_cents() -> None:
    row = observed(half(440 * 2 ** (25 / 1_200)))
    assert row["raw_pitch_accuracy"] == pytest.approx(1, abs=1e-6)
    assert row["cents"] == pytest.approx(25, abs=1e-3)


def test_figures_are_means_over_the_sounds_that_have_them() -> None:
    found = metrics.summarise([observed(half(440 * 2 ** (10 / 1_200))), observed(half(880))])
    assert found["raw_pitch_accuracy"] == pytest.approx(0.5, abs=1e-6)
    assert found["cents"] == pytest.approx(10, abs=1e-3)


def test_a_track_is_drawn_as_a_line() -> None:
    encoded = io.BytesIO()
    soundfile.write(encoded, np.zeros(8_000), 4_000, format="WAV")
    sound = Audio.parse(encoded.getvalue())
    pictures = {TASK.draw(sound, answer, ()).tobytes() for answer in (half(440), track(440), track(np.nan))}
    assert len(pictures) == 3
