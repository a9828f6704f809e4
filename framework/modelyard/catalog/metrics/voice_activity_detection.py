"""Metrics of voice activity detection, by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from modelyard.catalog.evaluation.metric import Metric
from modelyard.tasks.voice_activity_detection import Span, VoiceActivity

STEP = 0.01
"""Seconds between the moments at which an answer and the truth are compared."""

METRICS = {
    "f1": Metric("harmonic mean of precision and recall, every 10 ms of all sounds (precision_recall_fscore_support)"),
    "precision": Metric("share of what is called speech that is speech, every 10 ms"),
    "recall": Metric("share of the speech that is found, every 10 ms"),
    "detection_error": Metric("false alarms and misses together, as a share of the speech there is", "lower"),
}


def measure(answers: Sequence[VoiceActivity], truths: Sequence[Sequence[Span]]) -> dict[str, float]:
    """The value of each metric, over the moments of all sounds together.

    Args:
        answers: What the model said.
        truths: Begin and end of each stretch of speech of each sound, in seconds; they may overlap.
    """
    said = np.concatenate([moments(answer.segments, answer.seconds) for answer in answers])
    true = np.concatenate([moments(truth, answer.seconds) for answer, truth in zip(answers, truths, strict=True)])
    precision, recall, f1, _ = precision_recall_fscore_support(true, said, average="binary", zero_division=1.0)
    return {
        "f1": float(f1),
        "precision": float(precision),
        "recall": float(recall),
        "detection_error": float((said != true).sum() / max(1, true.sum())),
    }


def moments(segments: Sequence[Span], seconds: float) -> NDArray[np.bool_]:
    """bool [moments]: whether each moment, the middle of a step, lies in a segment."""
    times = (np.arange(int(np.ceil(seconds / STEP))) + 0.5) * STEP
    spoken = np.zeros(times.shape, np.bool_)
    for begin, end in segments:
        spoken |= (times >= begin) & (times < end)
    return spoken
