"""The image says of itself what it is: name, version and key.

`/model/metadata` is what users and the site go by.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked

COST = 2


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, with what is wrong."""
    said = candidate.running.json("/model/metadata")
    planned = candidate.planned
    wrong = [
        f"{name} is {said.get(name)!r}, not {value!r}"
        for name, value in (("id", planned.asset.name), ("version", planned.asset.version), ("key", planned.key))
        if said.get(name) != value
    ]
    yield Checked(name="metadata", passed=not wrong, said="; ".join(wrong) or "the image says what it is")
