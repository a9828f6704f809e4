"""Odd but real inputs are answered, or refused with a message, and never make a 5xx.

They are made by construction for each kind of input (`catalog/inputs/`): pictures of every mode, turned by a camera,
tiny and very wide; sounds of every rate, silent, of one sample; texts of every script, very long. An answer must have
the form that the task declares, and inputs that say the same, such as a picture and the same one turned by EXIF, must
have the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.checking.odd import hold
from modelyard.catalog.records.report import Checked

COST = 5


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line for all of them, and one for each that fails."""
    send = candidate.running.send(candidate.task.input.field)
    held = hold(candidate.folder, candidate.asset, candidate.labels, send)
    measures = {"failed": float(len(held.failed)), "n": float(len(held.results))}
    yield Checked(name="odd inputs", passed=not held.failed, said=held.summary(), measures=measures)
    for result in held.failed:
        yield Checked(name=f"odd input {result.name}", passed=False, said=result.said)
