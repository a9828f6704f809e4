"""What of an answer is explained: the class that it names, the box that it draws, the score that it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from modelyard.errors import BadInput

O = TypeVar("O")  # noqa: E741
T = TypeVar("T")

_SHOWN = 10
_LONGEST = 60


@dataclass(frozen=True)
class Target(Generic[O]):
    """One thing that an answer says, and how much of it another answer still says.

    Attributes:
        name: What it is, in words.
        says: For any answer of the task a number from 0, it doesn't say that at all, to 1, it says so as surely as it
            can.
    """

    name: str
    says: Callable[[O], float]


def choose(wanted: str, things: Sequence[tuple[str, Sequence[str], T]]) -> tuple[str, T]:
    """The thing that a client names, or the first one where it names none.

    Args:
        wanted: What the client wrote; empty where it wrote nothing.
        things: Each thing's name, what else it may be called, and itself; the one that comes first is the usual one.

    Raises:
        BadInput: There is no such thing, or none at all.
    """
    if not things:
        raise BadInput("the model found nothing in this input, so there is nothing to explain: send another")
    called = wanted.strip().casefold()
    if not called:
        name, _, thing = things[0]
        return name, thing
    for name, others, thing in things:
        if called in (one.casefold() for one in (name, *others)):
            return name, thing
    known = list(dict.fromkeys(name for name, _, _ in things))
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    shown = wanted if len(wanted) <= _LONGEST else wanted[:_LONGEST] + "…"
    raise BadInput(
        f"parameter target={shown!r}: there is no such thing here; there is {', '.join(known[:_SHOWN])}{more}"
    )
