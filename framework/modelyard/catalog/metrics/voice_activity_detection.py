"""Metrics of voice activity detection, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.voice_activity_detection import Span, VoiceActivity

STEP = 0.01
"""Seconds between the moments at which an answer and the truth are compared."""

METRICS = {
    "f1": Metric("harmonic mean of precision and recall, every 10 ms of all sounds (confusion_matrix)"),
    "precision": Metric("share of what is called speech that is speech, every 10 ms"),
    "recall": Metric("share of the speech that is found, every 10 ms"),
    "detection_error": Metric("false alarms and misses together, as a share of the speech there is", "lower"),
}


def observe(answer: VoiceActivity, truth: Sequence[Span]) -> Row:
    """What is known of one sound.

    Args:
        answer: What the model said.
        truth: Begin and end of each stretch of speech, in seconds; they may overlap.
    """
    true, said = moments(truth, answer.seconds), moments(answer.segments, answer.seconds)
    counts = confusion_matrix(true, said, labels=[False, True]).tolist()
    (_, false_alarms), (missed, found) = counts
    return {"found": found, "false_alarms": false_alarms, "missed": missed}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric; where there is no speech, what isn't found is right."""
    found, false_alarms, missed = (sum(row[name] for row in rows) for name in ("found", "false_alarms", "missed"))
    wrong = false_alarms + missed
    return {
        "f1": 2 * found / (2 * found + wrong) if found + wrong else 1.0,
        "precision": found / (found + false_alarms) if found + false_alarms else 1.0,
        "recall": found / (found + missed) if found + missed else 1.0,
        "detection_error": wrong / max(1, found + missed),
    }


def moments(segments: Sequence[Span], seconds: float) -> NDArray[np.bool_]:
    """bool [moments]: whether each moment, the middle of a step, lies in a segment."""
    times = (np.arange(int(np.ceil(seconds / STEP))) + 0.5) * STEP
    spoken = np.zeros(times.shape, np.bool_)
    for begin, end in segments:
        spoken |= (times >= begin) & (times < end)
    return spoken
