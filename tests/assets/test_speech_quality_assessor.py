"""speech-quality-assessor: which windows are scored, and what is made of what the network says."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from modelyard import Audio, BadInput

FILE = Path(__file__).parents[2] / "assets" / "speech-quality-assessor" / "pipeline.py"
RATE = 16_000


@pytest.fixture(scope="module")
def module() -> Any:
    spec = importlib.util.spec_from_file_location("pipeline_of_speech_quality_assessor", FILE)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def assessor(module: Any) -> Any:
    """The pipeline around a network that says how loud each window begins, three times."""

    def network(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        ((_, windows),) = tensors.items()
        assert windows.shape == (1, module.WINDOW)
        return {"said": np.repeat(windows[:, :1], 3, axis=1)}

    network.inputs = [SimpleNamespace(name="input")]  # type: ignore[attr-defined]
    assessor = module.SpeechQualityAssessor(SimpleNamespace(load=lambda path, most: network))
    assessor.load(Path())
    return assessor


def sound(seconds: float) -> Audio:
    """Each second as loud as its number says, in hundredths."""
    samples = np.repeat(np.arange(int(np.ceil(seconds))) / 100, RATE)[: int(seconds * RATE)]
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="FLOAT")
    return Audio.parse(file.getvalue())


@pytest.mark.parametrize(("seconds", "starts"), [(9.01, 1), (10.5, 1), (11, 2), (12, 3), (30, 21), (40, 31)])
def test_a_window_begins_each_second_and_none_is_left_out(assessor: Any, seconds: float, starts: int) -> None:
    answer = assessor.predict(sound(seconds))
    assert [one.start for one in answer.windows] == list(range(starts))
    assert all(one.end - one.start == pytest.approx(9.01) for one in answer.windows)


@pytest.mark.parametrize(("seconds", "windows"), [(0.2, 3), (5, 1), (6, 3), (9, 9)])
def test_a_short_sound_is_doubled_until_it_fills_a_window(assessor: Any, seconds: float, windows: int) -> None:
    """0.2 s become 12.8 s, 5 s become 10 s, 6 s 12 s, 9 s 18 s."""
    assert len(assessor.predict(sound(seconds)).windows) == windows


def test_scores_are_what_the_listeners_scale_makes_of_what_the_network_says(assessor: Any, module: Any) -> None:
    answer = assessor.predict(sound(12))
    said = np.array([0.0, 0.01, 0.02])
    for name, (a, b, c) in module.FITTED.items():
        scores = a + b * said + c * said**2
        assert [one.scores[name] for one in answer.windows] == pytest.approx(scores.tolist(), abs=1e-6)
        assert answer.scores[name] == pytest.approx(scores.mean(), abs=1e-6)
    assert list(answer.scores) == ["OVR", "SIG", "BAK"]


def test_windows_may_be_farther_apart(assessor: Any) -> None:
    answer = assessor.predict(sound(30), step=9)
    assert [one.start for one in answer.windows] == [0, 9, 18]


def test_a_sound_of_too_many_windows_is_refused_with_what_would_do(assessor: Any) -> None:
    with pytest.raises(BadInput, match=r"has 291 windows, and 100 are scored at most: send step=3") as refused:
        assessor.predict(sound(300))
    assert refused.value.code == 413
    assert len(assessor.predict(sound(300), step=3).windows) <= 100


def test_what_is_too_short_to_be_heard_is_refused(assessor: Any) -> None:
    with pytest.raises(BadInput, match="too short"):
        assessor.predict(sound(0.05))
