"""What moved: the answers of two images to the same inputs, held against each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model

if TYPE_CHECKING:
    from modelyard.catalog.candidate import Candidate
    from modelyard.manifest.asset import Sample
    from modelyard.serving.samples import Send
    from modelyard.tasks.task import Task


class Answer(Model):
    """How two images answered one input."""

    sample: str
    """The input."""
    same: bool
    """Whether the answers are equal to the last digit; of refusals, whether their codes are."""
    measures: dict[str, float]
    """How far they are apart, in the task's own measures; none where one of them is no answer."""
    before: str
    """The published image's answer in a few words, or its refusal."""
    after: str
    """The candidate's."""


class Behaviour(Model):
    """How a candidate's answers differ from those of the published image."""

    against: str | None
    """The published image, by digest; none where there is nothing to compare with."""
    version: str | None
    """Its version."""
    said: str
    """One line."""
    answers: list[Answer]
    """One for each sample, the good and the bad."""

    @property
    def moved(self) -> list[Answer]:
        """The answers that are not what they were."""
        return [answer for answer in self.answers if not answer.same]

    def to_text(self, name: str = "  moved") -> str:
        """What moved, for a terminal.

        Args:
            name: What the first line begins with.
        """
        return "\n".join([f"{name}: {self.said}", *self._lines()])

    def _lines(self) -> Iterator[str]:
        for answer in self.moved:
            yield f"    {answer.sample}: {_figures(answer) or 'another outcome'}"
            yield f"      before: {answer.before}"
            yield f"      now:    {answer.after}"

    def to_markdown(self) -> str:
        """What moved, for a pull request: a table of it, and behind a fold what did not."""
        parts = [f"### What moved\n\n{_cell(self.said)}\n"]
        if self.moved:
            rows = "".join(
                f"| {_cell(one.sample)} | {_cell(_figures(one))} | {_cell(one.before)} | {_cell(one.after)} |\n"
                for one in self.moved
            )
            parts.append(f"| input | how far | before | now |\n|---|---|---|---|\n{rows}")
        same = [answer for answer in self.answers if answer.same]
        if same:
            rows = "".join(f"| {_cell(one.sample)} | {_cell(one.after)} |\n" for one in same)
            table = f"| input | answer |\n|---|---|\n{rows}"
            parts.append(
                f"<details><summary>{len(same)} of {len(self.answers)} did not move</summary>\n\n{table}\n</details>\n"
            )
        return "\n".join(parts)


def nothing(why: str) -> Behaviour:
    """That of an image which has none to be compared with."""
    return Behaviour(against=None, version=None, said=why, answers=[])


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
        decoded = [task.decode(answer.body) for answer in answers]
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
        try:
            self.body: Any = json.loads(body)
        except (ValueError, RecursionError):
            self.body = {}

    def describe(self, task: Task[Any, Any], labels: Sequence[str]) -> str:
        if self.code == 200:
            try:
                return task.describe(task.decode(self.body), labels)[:300]
            except ModelyardError as error:
                return str(error)[:300]
        message = self.body.get("message", "") if isinstance(self.body, dict) else ""
        return f"refused with {self.code}{f' ({message})' if message else ''}"[:300]


def _figures(answer: Answer) -> str:
    return "; ".join(f"{name} {value:.4g}" for name, value in answer.measures.items())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
