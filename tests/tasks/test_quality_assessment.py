"""An answer that scores a recording: what it is, how far two are apart, how good one is."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from modelyard import Audio, Quality, ScoredWindow, tasks
from modelyard.catalog.metrics.quality_assessment import METRICS, observe, summarise

TASK = tasks.load("quality-assessment")


def measure(answers: list[Quality], truths: list[float]) -> dict[str, float]:
    return summarise([observe(*pair) for pair in zip(answers, truths, strict=True)])


def scored(*overall: float) -> Quality:
    """A recording with a window a second, of which each has one score besides the one that sums up."""
    windows = tuple(ScoredWindow(at, at + 9.01, {"OVR": score, "BAK": 4.0}) for at, score in enumerate(overall))
    return Quality({"OVR": sum(overall) / len(overall), "BAK": 4.0}, windows)


def test_the_first_score_sums_up() -> None:
    assert scored(3.0, 4.0).overall == 3.5


@pytest.mark.parametrize(
    ("scores", "windows", "said"),
    [
        ({}, (), "has scores"),
        ({"OVR": float("nan")}, (), "finite"),
        ({"OVR": 3.0}, (ScoredWindow(0, 1, {"SIG": 3.0}),), "that the whole has"),
        ({"OVR": 3.0}, (ScoredWindow(0, 1, {"OVR": float("inf")}),), "that the whole has"),
        ({"OVR": 3.0}, (ScoredWindow(1, 1, {"OVR": 3.0}),), "ends after it begins"),
        ({"OVR": 3.0}, (ScoredWindow(-1, 1, {"OVR": 3.0}),), "ends after it begins"),
    ],
)
def test_what_is_no_score_is_no_answer(scores: dict[str, float], windows: tuple[ScoredWindow, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Quality(scores, windows)


def test_the_largest_gap_of_all_scores_counts() -> None:
    found = TASK.difference(scored(3.0, 4.0), scored(3.2, 3.9))
    assert found == pytest.approx({"score": 0.05, "window": 0.2})


def test_other_names_or_other_windows_are_another_answer() -> None:
    renamed = Quality({"MOS": 3.0}, ())
    assert TASK.difference(Quality({"OVR": 3.0}, ()), renamed)["score"] == 4
    assert TASK.difference(scored(3.0), scored(3.0, 3.0))["window"] == 4
    later = Quality({"OVR": 3.0, "BAK": 4.0}, (ScoredWindow(1, 10.01, {"OVR": 3.0, "BAK": 4.0}),))
    assert TASK.difference(scored(3.0), later)["window"] == 4


def test_the_gauge_is_as_long_as_the_score() -> None:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(16_000), 16_000, format="WAV")
    picture = TASK.draw(Audio.parse(file.getvalue()), scored(4.0), ())
    strong, pale = (0x9E, 0xC5, 0xF0), (0xEC, 0xEF, 0xF3)
    assert picture.getpixel((picture.width * 5 // 8, 3)) == strong
    assert picture.getpixel((picture.width * 7 // 8, 3)) == pale


def test_metrics_look_at_the_order_alone() -> None:
    found = measure([scored(1.1), scored(1.2), scored(4.0)], [-5, 0, 30])
    assert found.keys() == METRICS.keys()
    assert found == pytest.approx({"spearman": 1, "kendall": 1})
    assert measure([scored(4.0), scored(1.2), scored(1.1)], [-5, 0, 30])["spearman"] == pytest.approx(-1)


def test_one_pair_in_the_wrong_order_costs_by_the_pairs() -> None:
    assert measure([scored(1.2), scored(1.1), scored(4.0)], [-5, 0, 30])["kendall"] == pytest.approx(1 / 3)
