"""Lending what only one thread may use at a time to the many that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from modelyard.caller import current
from modelyard.errors import Overloaded
from modelyard.runtimes.line import Line, Ticket

T = TypeVar("T")
Suits = Callable[[T], bool]


@dataclass
class _Wish(Generic[T]):
    suits: Suits[T]
    lent: _Lent[T] | None = None


@dataclass(frozen=True)
class _Lent(Generic[T]):
    worker: T
    rung: int


class Pool(Generic[T]):
    """A ladder of workers: one for a call that comes alone, more and narrower ones for calls that come together.

    A network that runs on every core answers a single caller soonest, but many callers are served faster
    by one core each than by taking turns on all of them. A call gets the widest worker of which there
    are enough for all who are being served; when none is free, it waits in line.

    Args:
        ladder: Workers that share the cores equally: the one that has all of them, then rungs of more and
            more, with fewer cores each. As many calls are served at once as the last rung has workers.
        queue: Calls that may wait before further ones are refused.
    """

    def __init__(self, ladder: Sequence[Sequence[T]], queue: int) -> None:
        self._sizes = [len(rung) for rung in ladder]
        self._free = [list(rung) for rung in ladder]
        self._busy = 0
        self._line: Line[_Wish[T]] = Line(queue)

    @property
    def waiting(self) -> int:
        """Calls that wait for a worker right now."""
        return self._line.items

    @contextmanager
    def lease(self, suits: Suits[T]) -> Iterator[T]:
        """A worker for one call; of several that would do, one that suits it.

        Raises:
            Overloaded: The line is full, or the caller doesn't wait any more.
        """
        lent = self._take(suits)
        try:
            current().check()
            yield lent.worker
        finally:
            self._give_back(lent)

    def _take(self, suits: Suits[T]) -> _Lent[T]:
        with self._line.mutex:
            if self._busy < self._sizes[-1]:
                return self._choose(suits)
            wish = _Wish(suits)
            ticket = Ticket(wish, 1)
            self._line.join(ticket)
        self._line.wait(ticket)
        if wish.lent is None:
            raise Overloaded("nobody waits for the answer any more")
        return wish.lent

    def _choose(self, suits: Suits[T]) -> _Lent[T]:
        wanted = next(rung for rung, size in enumerate(self._sizes) if size > self._busy)
        rung = next(rung for rung in range(wanted, len(self._free)) if self._free[rung])
        free = self._free[rung]
        worker = next((one for one in free if suits(one)), free[-1])
        free.remove(worker)
        self._busy += 1
        return _Lent(worker, rung)

    def _give_back(self, lent: _Lent[T]) -> None:
        with self._line.mutex:
            self._busy -= 1
            self._free[lent.rung].append(lent.worker)
            if (ticket := self._line.next()) is not None:
                ticket.what.lent = self._choose(ticket.what.suits)
                ticket.call()
