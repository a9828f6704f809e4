"""Comparing two images: the same inputs to both, and how far their answers are apart."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.catalog.records.behaviour import Answer, Behaviour, nothing
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.checking.candidate import Candidate
    from modelyard.manifest.asset import Sample
    from modelyard.serving.samples import Send
    from modelyard.tasks.task import Task


def compare(candidate: Candidate) -> Behaviour:
    """Sends all samples to a candidate and to the published image of its line.

    Raises:
        ModelyardError: One of them gives no answer at all.
    """
    published = candidate.published
    if published is None:
        return nothing(candidate.why_alone)
    field = candidate.task.input.field
    roads = published.send(field), candidate.running.send(field)
    answers = [
        compare_sample(candidate.folder, sample, candidate.task, candidate.labels, *roads)
        for sample in candidate.asset.samples
    ]
    moved = sum(not answer.same for answer in answers)
    said = f"{moved} of {len(answers)} answers moved" if moved else f"none of {len(answers)} answers moved"
    version = published.version
    return Behaviour(
        against=published.image, version=version, said=f"{said} against the published {version}", answers=answers
    )


def compare_sample(
    folder: Path, sample: Sample, task: Task[Any, Any], labels: Sequence[str], before: Send, after: Send
) -> Answer:
    """Sends a sample down two roads, and tells how far the answers are apart.

    Args:
        folder: The asset's folder.
        sample: One of its samples.
        task: The asset's task, which knows how to compare.
        labels: The names of its classes.
        before: The road to the published image.
        after: The road to the candidate.
    """
    from modelyard.serving.samples import fields

    data, given = (folder / sample.input).read_bytes(), fields(sample)
    answers = [_Outcome(*send(data, given)) for send in (before, after)]
    described = [answer.describe(task, labels) for answer in answers]
    first, second = answers
    if first.code != 200 or second.code != 200:
        same = first.code == second.code
        return Answer(sample=sample.name, same=same, measures={}, before=described[0], after=described[1])
    try:
        decoded = [task.parse(answer.raw) for answer in answers]
    except ModelyardError:
        decoded = []
    measures = dict(task.difference(*decoded)) if decoded else {}
    finite = {name: value for name, value in measures.items() if math.isfinite(value)}
    same = first.body == second.body
    return Answer(sample=sample.name, same=same, measures=finite, before=described[0], after=described[1])


class _Outcome:
    """One answer, whatever came."""

    def __init__(self, code: int, body: bytes) -> None:
        self.code = code
        self.raw = body
        try:
            self.body: Any = json.loads(body)
        except (ValueError, RecursionError):
            self.body = body

    def describe(self, task: Task[Any, Any], labels: Sequence[str]) -> str:
        if self.code == 200:
            try:
                return task.describe(task.parse(self.raw), labels)[:300]
            except ModelyardError as error:
                return str(error)[:300]
        message = self.body.get("message", "") if isinstance(self.body, dict) else ""
        return f"refused with {self.code}{f' ({message})' if message else ''}"[:300]
