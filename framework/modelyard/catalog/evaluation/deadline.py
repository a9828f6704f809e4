"""How long an evaluation may take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from modelyard.errors import ModelyardError


class TooLong(ModelyardError):
    """The time was up before all answers were there, so that nothing was found out."""


@dataclass(frozen=True)
class Deadline:
    """A time by which all answers must be there.

    Attributes:
        name: Of what is evaluated.
        seconds: How long it may take, from now on.
    """

    name: str
    seconds: float
    _began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds until then.

        Raises:
            TooLong: There are none.
        """
        left = self._began + self.seconds - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> TooLong:
        """What is said when the time is up."""
        return TooLong(
            f"the evaluation of {self.name} takes longer than its {self.seconds:g} s: "
            "run it where less else runs, or raise `evaluation.seconds`, or give fewer items"
        )
