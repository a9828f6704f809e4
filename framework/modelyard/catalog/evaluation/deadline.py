"""How long an evaluation may take."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from modelyard.catalog.evaluation.share import Share
from modelyard.errors import ModelyardError

_PATIENCE = 5
"""Times the declared seconds that it takes at most, however busy the machine is."""
_SHORTEST = 0.01


class TooLong(ModelyardError):
    """The time was up before all answers were there, so that nothing was found out."""


@dataclass(frozen=True)
class Deadline:
    """A time by which all answers must be there.

    Where other work keeps the cores, the time counts by the share of them that the thread which looks has had.

    Attributes:
        name: Of what is evaluated.
        seconds: How long it may take, from now on.
    """

    name: str
    seconds: float
    _began: float = field(default_factory=time.monotonic)
    _at_first: Share = field(default_factory=Share.now)

    def left(self) -> float:
        """Seconds until then at least, asked by the thread that set it.

        Raises:
            TooLong: There are none.
        """
        elapsed = time.monotonic() - self._began
        left = self.seconds - max(elapsed / _PATIENCE, elapsed * Share.now().since(self._at_first))
        if left <= 0:
            raise TooLong(
                f"the evaluation of {self.name} takes longer than its {self.seconds:g} s: "
                "run it where less else runs, or raise `evaluation.seconds`, or give fewer items"
            )
        return max(left, _SHORTEST)
