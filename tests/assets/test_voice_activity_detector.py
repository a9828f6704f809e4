"""voice-activity-detector: what the network is shown, and which segments are made of what it says."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from modelyard import Audio

FILE = Path(__file__).parents[2] / "assets" / "voice-activity-detector" / "pipeline.py"
RATE, FRAME = 16_000, 512


def load() -> Any:
    spec = importlib.util.spec_from_file_location("pipeline_of_voice_activity_detector", FILE)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


module = load()
likelihoods = st.lists(st.sampled_from([0.0, 0.3, 0.4, 0.5, 0.9]), max_size=60)


def sound(samples: np.ndarray) -> Audio:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="FLOAT")
    return Audio.parse(file.getvalue())


def found(*said: float, shortest_speech: float = 0, shortest_silence: float = 0) -> list[tuple[int, int]]:
    """The segments, in frames."""
    spans = module.found(said, len(said) * FRAME, 0.5, shortest_speech * FRAME, shortest_silence * FRAME)
    return [(begin // FRAME, end // FRAME) for begin, end in spans]


def test_each_frame_is_seen_with_what_came_before_and_the_memory_goes_along() -> None:
    samples = np.linspace(0, 1, 300 * FRAME + 100, dtype=np.float32)
    asked: list[dict[str, np.ndarray]] = []

    def network(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        asked.append(tensors)
        count = np.full((1, 1, 128), len(asked), np.float32)
        return {"speech_probs": np.full(len(tensors["input"]), 0.5, np.float32), "hn": count, "cn": -count}

    detector = module.VoiceActivityDetector(SimpleNamespace(load=lambda path: network))
    detector.load(Path())
    answer = detector.predict(sound(samples))
    assert len(answer.probabilities) == 301
    assert answer.seconds == pytest.approx(len(samples) / RATE)
    assert [len(one["input"]) for one in asked] == [256, 45]
    assert [(float(one["h"][0, 0, 0]), float(one["c"][0, 0, 0])) for one in asked] == [(0, 0), (1, -1)]
    seen = np.concatenate([one["input"] for one in asked])
    assert not seen[0, :64].any()
    np.testing.assert_array_equal(seen[1:, :64], seen[:-1, -64:])
    np.testing.assert_array_equal(seen[:, 64:].ravel()[: len(samples)], samples)
    assert not seen[-1, 64 + 100 :].any()


def test_speech_begins_at_the_threshold_and_ends_well_below_it() -> None:
    assert found(0, 0.4, 0.5, 0.4, 0.36, 0.3, 0.4, 0) == [(2, 5)]


def test_a_short_silence_is_bridged_and_a_long_one_is_not() -> None:
    assert found(0.9, 0, 0, 0.9, 0.9, 0, 0, 0, 0.9, shortest_silence=2) == [(0, 5), (8, 9)]


def test_what_is_no_longer_than_the_shortest_speech_is_left_out() -> None:
    assert found(0.9, 0.9, 0, 0.9, 0.9, 0.9, 0, shortest_speech=2) == [(3, 6)]


def test_speech_may_go_on_to_the_end() -> None:
    assert module.found([0, 0.9, 0.9], 2 * FRAME + 7, 0.5, 0, 0) == [(FRAME, 2 * FRAME + 7)]


def test_segments_are_made_longer_and_neighbours_share_what_lies_between() -> None:
    assert module.padded([(100, 200), (220, 300), (900, 950)], 1_000, 60) == [(40, 210), (210, 360), (840, 1_000)]


@given(likelihoods, st.integers(0, 5), st.integers(0, 5), st.integers(0, 2_000))
def test_segments_are_in_order_within_the_sound(said: list[float], speech: int, silence: int, padding: int) -> None:
    length = max(0, len(said) * FRAME - 5)
    spans = module.padded(module.found(said, length, 0.5, speech * FRAME, silence * FRAME), length, padding)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= length)
