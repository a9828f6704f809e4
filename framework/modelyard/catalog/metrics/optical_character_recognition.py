"""Metrics of optical character recognition, by jiwer."""

from __future__ import annotations

from collections.abc import Sequence

import jiwer

from modelyard.catalog.evaluation.metric import Metric
from modelyard.tasks.optical_character_recognition import TextLines

METRICS = {
    "cer": Metric(
        "character error rate: edits as a share of the true characters, of all pictures (jiwer.cer)", "lower"
    ),
    "wer": Metric("word error rate: edits of whole words as a share of the true ones (jiwer.wer)", "lower"),
    "exact_lines": Metric("share of the true lines that were read to the letter"),
}


def measure(answers: Sequence[TextLines], truths: Sequence[Sequence[str]]) -> dict[str, float]:
    """The value of each metric.

    Args:
        answers: What the model said.
        truths: The lines of each picture, in the order in which they are read; there is text in every picture.
    """
    read = [" ".join(line.text for line in answer.lines) for answer in answers]
    true = [" ".join(lines) for lines in truths]
    exact = total = 0
    for answer, lines in zip(answers, truths, strict=True):
        left = [_spaced(line.text) for line in answer.lines]
        for line in map(_spaced, lines):
            total += 1
            if line in left:
                left.remove(line)
                exact += 1
    return {
        "cer": float(jiwer.cer(true, read)),
        "wer": float(jiwer.wer(true, read)),
        "exact_lines": exact / max(1, total),
    }


def _spaced(line: str) -> str:
    return " ".join(line.split())
