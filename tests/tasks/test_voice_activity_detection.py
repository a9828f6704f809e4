"""An answer that says when somebody speaks: what it is, how far two are apart, how good one is."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from modelyard import Audio, VoiceActivity, tasks
from modelyard.catalog.metrics.voice_activity_detection import METRICS, observe, summarise

TASK = tasks.load("voice-activity-detection")
FRAME = 0.032
Span = tuple[float, float]


def spoken(*segments: Span, seconds: float = 10.0, likely: float = 0.9) -> VoiceActivity:
    frames = int(np.ceil(seconds / FRAME))
    return VoiceActivity(segments, seconds, np.full(frames, likely), FRAME)


def measure(answers: list[VoiceActivity], truths: list[list[Span]]) -> dict[str, float]:
    return summarise([observe(*pair) for pair in zip(answers, truths, strict=True)])


@st.composite
def answers(draw: st.DrawFn) -> VoiceActivity:
    edges = sorted(draw(st.sets(st.integers(0, 1_000), max_size=12)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return spoken(*((begin / 100, end / 100) for begin, end in pairs), likely=draw(st.floats(0, 1)))


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        (((2.0, 1.0),), "order"),
        (((1.0, 1.0),), "ends after it begins"),
        (((0.0, 2.0), (1.0, 3.0)), "do not overlap"),
        (((3.0, 4.0), (1.0, 2.0)), "order"),
        (((9.0, 10.5),), "within the sound"),
        (((-1.0, 2.0),), "within the sound"),
        (((0.0, float("nan")),), "order"),
    ],
)
def test_segments_are_stretches_of_the_sound(segments: tuple[Span, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        spoken(*segments)


@pytest.mark.parametrize("likely", [-0.1, 1.1, float("nan")])
def test_a_probability_is_one(likely: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        spoken(likely=likely)


def test_there_are_as_many_frames_as_the_sound_is_long() -> None:
    with pytest.raises(ValueError, match="as many frames"):
        VoiceActivity((), 10.0, np.zeros(100), FRAME)


def test_a_sound_too_short_for_a_frame_is_one() -> None:
    assert TASK.describe(VoiceActivity((), 0.0, np.zeros(0), FRAME), ()) == "no speech in 0.0 s"


def test_what_is_measured_is_the_time_that_both_call_speech() -> None:
    found = TASK.difference(spoken((1, 3), (5, 7)), spoken((2, 3), (5, 8)))
    assert found["iou_loss"] == pytest.approx(1 - 3 / 5)
    assert found["segments"] == 0
    assert TASK.difference(spoken((1, 3)), spoken((1, 2), (2, 3))) == {"iou_loss": 0, "segments": 1, "probability": 0}


def test_speech_where_there_is_none_is_all_wrong() -> None:
    assert TASK.difference(spoken(), spoken((1, 2)))["iou_loss"] == 1
    assert TASK.difference(spoken(), spoken())["iou_loss"] == 0


def test_another_number_of_frames_is_no_answer_to_the_same_sound() -> None:
    other = VoiceActivity((), 10.0, np.full(625, 0.9), 0.016)
    assert TASK.difference(spoken(), other)["probability"] == 1


def test_probabilities_apart_are_seen_where_segments_are_the_same() -> None:
    assert TASK.difference(spoken((1, 2)), spoken((1, 2), likely=0.7))["probability"] == pytest.approx(0.2)
    assert not TASK.compare(spoken((1, 2)), spoken((1, 2), likely=0.7), {}, ()).passed


@given(answers(), answers())
def test_it_doesnt_matter_which_one_is_expected(first: VoiceActivity, second: VoiceActivity) -> None:
    there, back = TASK.difference(first, second), TASK.difference(second, first)
    assert there == pytest.approx(back)
    assert all(value >= 0 for value in there.values())
    assert there["iou_loss"] <= 1


@given(answers())
def test_what_is_sent_is_what_was_said(answer: VoiceActivity) -> None:
    got = TASK.decode(TASK.encode(answer))
    assert got.segments == answer.segments
    assert np.abs(got.probabilities - answer.probabilities).max() <= 0.00005


def test_the_picture_has_speech_in_colour() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(160_000), 16_000, format="WAV")
    picture = TASK.draw(Audio.parse(file.getvalue()), spoken((5, 10)), ())
    assert picture.getpixel((picture.width // 4, 10)) == (255, 255, 255)
    assert picture.getpixel((picture.width * 3 // 4, 10)) == (0xD6, 0xEC, 0xDC)


def test_metrics_count_every_ten_milliseconds() -> None:
    # Of 4 s of speech 3 are found, and 1 s of silence is called speech.
    found = measure([spoken((0, 4))], [[(1, 5)]])
    assert found == pytest.approx({"f1": 0.75, "precision": 0.75, "recall": 0.75, "detection_error": 0.5}, abs=1e-6)
    assert found.keys() == METRICS.keys()


def test_people_who_speak_at_once_are_one_speech() -> None:
    assert measure([spoken((1, 5))], [[(1, 4), (3, 5)]])["f1"] == 1


def test_of_several_sounds_the_longer_counts_more() -> None:
    found = measure([spoken((0, 9)), spoken((0, 1), seconds=1.0)], [[(0, 9)], []])
    assert found["precision"] == pytest.approx(0.9)
