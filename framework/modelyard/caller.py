"""Who waits for an answer, until when, and what is measured on the way to it.

The server says so once per request; whatever makes a request wait (the network's queue) asks before it
spends time on somebody who is gone, and reports how long things took. Where nobody said anything (a
pipeline called by hand) there is no deadline and nothing is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from modelyard.errors import Overloaded


def _nobody_left() -> bool:
    return False


def _unmeasured(name: str, value: float) -> None:
    pass


@dataclass(frozen=True)
class Caller:
    """One waiting client.

    Attributes:
        deadline: When it stops waiting, in seconds of `time.monotonic`.
        left: Whether it hung up.
        observe: Takes a measurement: `queue` and `infer` in seconds, `batch_size` in items.
    """

    deadline: float = float("inf")
    left: Callable[[], bool] = _nobody_left
    observe: Callable[[str, float], None] = _unmeasured

    @property
    def seconds_left(self) -> float:
        """Until the deadline; negative after it."""
        return self.deadline - time.monotonic()

    @property
    def waits(self) -> bool:
        """Whether an answer is still of use to anybody."""
        return self.seconds_left > 0 and not self.left()

    def check(self) -> None:
        """Stops work that nobody waits for.

        Raises:
            Overloaded: The deadline has passed, or the client hung up.
        """
        if not self.waits:
            raise Overloaded("the answer came too late for its deadline: try again in a moment")


_current: ContextVar[Caller | None] = ContextVar("caller", default=None)
NOBODY = Caller()
"""Nobody in particular: no deadline, and nothing is measured."""


def current() -> Caller:
    """The caller whom this thread works for."""
    return _current.get() or NOBODY


@contextmanager
def working_for(caller: Caller) -> Iterator[None]:
    """Says whom this thread works for."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)
