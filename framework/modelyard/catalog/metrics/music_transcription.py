"""Metrics of music transcription, by mir_eval, as MIREX defines them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from mir_eval.transcription import precision_recall_f1_overlap
from numpy.typing import NDArray

from modelyard import pitch
from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.music_transcription import Transcription

METRICS = {
    "note_f1": Metric(
        "F-measure of the notes, found where pitch and start are right, the start to 50 ms; the mean over the sounds "
        "(precision_recall_f1_overlap, offset_ratio=None)"
    ),
    "note_precision": Metric("share of the notes found that are there, the mean (the same)"),
    "note_recall": Metric("share of the notes there that are found, the mean (the same)"),
    "note_offset_f1": Metric(
        "F-measure of the notes whose end is right too, to 50 ms or a fifth of the note, the mean (offset_ratio=0.2)"
    ),
}

Truth = Sequence[tuple[float, float, int]]
"""The notes that are played: start and end in seconds, and MIDI's pitch."""


def observe(answer: Transcription, truth: Truth) -> Row:
    """What one sound adds to the figures.

    Args:
        answer: What the model said.
        truth: The notes that are played, one at least.
    """
    found = _arrays([(one.start, one.end, one.pitch) for one in answer.notes])
    there = _arrays(truth)
    precision, recall, onsets, _ = precision_recall_f1_overlap(*there, *found, offset_ratio=None)
    _, _, offsets, _ = precision_recall_f1_overlap(*there, *found, offset_ratio=0.2)
    values = (onsets, precision, recall, offsets)
    return {name: float(value) for name, value in zip(METRICS, values, strict=True)}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric, over all items."""
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}


def _arrays(notes: Truth) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Intervals [n, 2] in seconds and pitches [n] in Hz, as mir_eval takes them."""
    intervals = np.array([(start, end) for start, end, _ in notes], float).reshape(-1, 2)
    return intervals, np.array([pitch.hertz(number) for _, _, number in notes], float)
