"""Metrics of optical character recognition, by jiwer."""

from __future__ import annotations

from collections.abc import Sequence

import jiwer

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.tasks.optical_character_recognition import TextLines

METRICS = {
    "cer": Metric("character error rate: edits as a share of all true characters (jiwer.process_characters)", "lower"),
    "wer": Metric("word error rate: edits of whole words as a share of all true ones (jiwer.process_words)", "lower"),
    "exact_lines": Metric("share of the true lines that were read to the letter"),
}


def observe(answer: TextLines, truth: Sequence[str]) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model said.
        truth: The lines, in the order in which they are read; there is one at least.
    """
    true, read = " ".join(truth), " ".join(line.text for line in answer.lines)
    row: dict[str, int] = {}
    for name, found in (
        ("characters", jiwer.process_characters(true, read)),
        ("words", jiwer.process_words(true, read)),
    ):
        row[f"{name}_wrong"] = found.substitutions + found.deletions + found.insertions
        row[name] = found.substitutions + found.deletions + found.hits
    left = [_spaced(line.text) for line in answer.lines]
    row["lines"] = len(truth)
    row["lines_exact"] = 0
    for line in map(_spaced, truth):
        if line in left:
            left.remove(line)
            row["lines_exact"] += 1
    return row


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""

    def share(part: str, whole: str) -> float:
        return float(sum(row[part] for row in rows) / max(1, sum(row[whole] for row in rows)))

    return {
        "cer": share("characters_wrong", "characters"),
        "wer": share("words_wrong", "words"),
        "exact_lines": share("lines_exact", "lines"),
    }


def _spaced(line: str) -> str:
    return " ".join(line.split())
