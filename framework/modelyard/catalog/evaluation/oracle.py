"""What an attacker has: a model that answers, a certain number of times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


class Spent(Exception):
    """All questions were asked."""


@dataclass
class Oracle:
    """A model that may be asked so often, about one input.

    Attributes:
        ask: The probability of each class for an input as a client sends it; nothing where it is refused.
        budget: How many different inputs may be asked about.
    """

    ask: Callable[[bytes], Mapping[str, float]]
    budget: int
    _known: dict[bytes, Mapping[str, float]] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """How many questions were asked."""
        return len(self._known)

    def scores(self, data: bytes) -> Mapping[str, float]:
        """The probability of each class; what was asked before costs no question.

        Raises:
            Spent: There are no questions left.
        """
        if data not in self._known:
            if self.used >= self.budget:
                raise Spent
            self._known[data] = self.ask(data)
        return self._known[data]

    def is_right(self, data: bytes, truth: str) -> bool:
        """Whether the likeliest class is the right one; a refusal is no answer that anybody was deceived by."""
        scores = self.scores(data)
        return not scores or max(scores, key=scores.__getitem__) == truth


@dataclass(frozen=True)
class Attempt:
    """What became of one attack.

    Attributes:
        data: The input that was answered wrongly; None where none was found.
        distortion: How far it is from the original, in the unit of the attack's bound.
    """

    data: bytes | None
    distortion: float
