"""Metrics of pitch estimation, by mir_eval, as MIREX defines them for melodies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mir_eval import melody
from numpy.typing import NDArray

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.pitch_estimation import PitchTrack

METRICS = {
    "raw_pitch_accuracy": Metric(
        "share of the moments with a pitch at which one within 50 cents is found, the mean over the sounds "
        "(raw_pitch_accuracy)"
    ),
    "raw_chroma_accuracy": Metric("the same, whatever the octave (raw_chroma_accuracy)"),
    "voicing_recall": Metric("share of the moments with a pitch at which one is found, the mean (voicing_recall)"),
    "voicing_false_alarm": Metric(
        "share of the moments without a pitch at which one is found, the mean (voicing_false_alarm)", "lower"
    ),
    "overall_accuracy": Metric("share of all moments that are right, the mean (overall_accuracy)"),
    "cents": Metric("difference of the pitch where it is within 50 cents, the mean over the sounds", "lower", "cents"),
}

Truth = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Times in seconds, and the frequency at each of them, in Hz, 0 where there is none; both of it somewhere."""


def observe(answer: PitchTrack, truth: Truth) -> Row:
    """What is known of one sound.

    Args:
        answer: What the model said.
        truth: The times, and the true frequencies.
    """
    found = np.where(answer.voiced, answer.frequencies, 0.0)
    voiced, cents, said_voiced, said_cents = melody.to_cent_voicing(*truth, answer.times, found)
    values = melody.evaluate(*truth, answer.times, found)
    both = (voiced > 0) & (said_voiced > 0)
    apart = np.abs(cents[both] - said_cents[both])
    near = apart[apart < 50]
    return {
        "raw_pitch_accuracy": float(values["Raw Pitch Accuracy"]),
        "raw_chroma_accuracy": float(values["Raw Chroma Accuracy"]),
        "voicing_recall": float(values["Voicing Recall"]),
        "voicing_false_alarm": float(values["Voicing False Alarm"]),
        "overall_accuracy": float(values["Overall Accuracy"]),
        "cents": float(near.mean()) if len(near) else None,
    }


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    found = {}
    for name in METRICS:
        values = [row[name] for row in rows if row[name] is not None]
        found[name] = float(np.mean(values)) if values else float("nan")
    return found
