"""Quiet rebuilds: an image that nobody could tell from the published one is not published.

What only time or a dependency caused may come out just as it was: the same packages, the same answers, the same
API. Publishing that would make every user of the image restart for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard.catalog.checking.openapi import contract
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.registry import RegistryDown
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.checking.candidate import Candidate
    from modelyard.catalog.checking.running import Running
    from modelyard.catalog.records.behaviour import Behaviour

_UNWANTED = frozenset(("time", "dependency"))
_SHOWN = 4


@dataclass(frozen=True)
class Face:
    """What can be told of an image from outside, but for its answers.

    Attributes:
        packages: The version of everything that is installed, by name.
        api: Its OpenAPI document.
        labels: What /model/labels answers.
    """

    packages: Mapping[str, str]
    api: Mapping[str, Any]
    labels: Mapping[str, Any]

    @classmethod
    def of(cls, running: Running) -> Face:
        """That of a container."""
        return cls(running.inventory.versions, running.swagger, running.json("/model/labels"))


@dataclass(frozen=True)
class Quiet:
    """Whether an image may stay unpublished because nothing about it is new.

    Attributes:
        reasons: What is new about it; none where it is quiet.
    """

    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return not self.reasons


def quiet(cause: Sequence[str], before: Face | None, after: Face, behaviour: Behaviour) -> Quiet:
    """Whether a candidate is nothing but the published image once more.

    Args:
        cause: Why it was built, a line each, such as `dependency: numpy 2.4 → 2.5`.
        before: The published image; None where there is none.
        after: The candidate.
        behaviour: Their answers, held against each other.
    """
    if before is None:
        return Quiet((behaviour.said,))
    wanted = sorted({line.partition(":")[0] for line in cause} - _UNWANTED)
    reasons = [f"its {kind} changed, and whoever changed that wants it out" for kind in wanted]
    if not cause:
        reasons.append("nobody knows why it was built")
    if moved := _packages(before.packages, after.packages):
        more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
        reasons.append(f"packages moved: {', '.join(moved[:_SHOWN])}{more}")
    if behaviour.moved or not behaviour.answers:
        reasons.append(behaviour.said)
    if contract(before.api) != contract(after.api):
        reasons.append("the API is another")
    if before.labels != after.labels:
        reasons.append("the labels are others")
    return Quiet(tuple(reasons))


def of(candidate: Candidate, behaviour: Behaviour) -> Quiet:
    """The same, of an image whose container runs beside the published one's."""
    try:
        before = None if candidate.published is None else Face.of(candidate.published)
        return quiet(candidate.planned.cause, before, Face.of(candidate.running), behaviour)
    except (NoEngine, RegistryDown):
        raise
    except ModelyardError as error:
        return Quiet((f"one of the images can't be told: {error}",))


def _packages(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return [
        f"{name} {before.get(name, 'none')} → {after.get(name, 'none')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
