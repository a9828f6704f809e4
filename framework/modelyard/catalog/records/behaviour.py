"""What moved between two images: how each answered the same inputs, in a terminal and in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.tables import cell
from modelyard.manifest.model import Model


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
        parts = [f"### What moved\n\n{cell(self.said)}\n"]
        if self.moved:
            rows = "".join(
                f"| {cell(one.sample)} | {cell(_figures(one))} | {cell(one.before)} | {cell(one.after)} |\n"
                for one in self.moved
            )
            parts.append(f"| input | how far | before | now |\n|---|---|---|---|\n{rows}")
        same = [answer for answer in self.answers if answer.same]
        if same:
            rows = "".join(f"| {cell(one.sample)} | {cell(one.after)} |\n" for one in same)
            table = f"| input | answer |\n|---|---|\n{rows}"
            parts.append(
                f"<details><summary>{len(same)} of {len(self.answers)} did not move</summary>\n\n{table}\n</details>\n"
            )
        return "\n".join(parts)


def nothing(why: str) -> Behaviour:
    """That of an image which has none to be compared with."""
    return Behaviour(against=None, version=None, said=why, answers=[])


def _figures(answer: Answer) -> str:
    return "; ".join(f"{name} {value:.4g}" for name, value in answer.measures.items())
