"""`/model/labels` are the lines of the asset's file, and no class has another id than in the published image.

Clients keep ids and compare names: a class that moved, changed its name or is gone needs a new major version. A new
class behind the others doesn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.report import Checked
from modelyard.catalog.records.semver import step
from modelyard.errors import ModelyardError

COST = 5

_SHOWN = 4


def check(candidate: Candidate) -> Iterator[Checked]:
    """One line, with the classes that are not where they were."""
    told = names(candidate.running.json("/model/labels"))
    if told != list(candidate.labels):
        line = next((n for n, pair in enumerate(zip(told, candidate.labels, strict=False)) if pair[0] != pair[1]), None)
        where = f"class {line} is {told[line]!r}" if line is not None else f"there are {len(told)} classes"
        file = f"{len(candidate.labels)} of {candidate.asset.labels or 'an asset without labels'}"
        yield Checked(name="labels", passed=False, said=f"/model/labels are not the {file}: {where}")
    elif candidate.published is None:
        yield Checked(name="labels", passed=True, said=f"{len(told)} classes; {candidate.why_alone}")
    else:
        before = names(candidate.published.json("/model/labels"))
        yield judged(before, told, candidate.published.version, candidate.asset.version)


def names(answer: Any) -> list[str]:
    """The names of the classes in an answer of /model/labels, in the order of their ids.

    Raises:
        ModelyardError: It is no such answer.
    """
    try:
        found = {int(one["id"]): str(one["name"]) for one in answer["labels"]}
    except (KeyError, TypeError, ValueError):
        raise ModelyardError("/model/labels answers no list of ids and names") from None
    if sorted(found) != list(range(len(found))):
        raise ModelyardError("/model/labels has ids that don't count from 0")
    return [found[number] for number in range(len(found))]


def judged(before: Sequence[str], after: Sequence[str], old_version: str, version: str) -> Checked:
    """Whether the version moved as far as the changed classes ask.

    Args:
        before: The published classes.
        after: The candidate's.
        old_version: The published image's version.
        version: The candidate's.
    """
    now = dict(enumerate(after))
    moved = [
        f"{number} was {name!r}, is {now.get(number)!r}"
        for number, name in enumerate(before)
        if now.get(number) != name
    ]
    passed = not moved or step(old_version, version) == "major"
    if moved:
        more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
        needs = "for" if passed else "needs"
        said = f"{'; '.join(moved[:_SHOWN])}{more}: {needs} a major version after {old_version}"
    else:
        new = len(after) - len(before)
        said = f"{len(after)} classes, as in the published {old_version}" + (f", and {new} more" if new else "")
    return Checked(name="labels", passed=passed, said=said, measures={"moved": float(len(moved))})
