"""Lending what only one thread may use at a time to the many that ask for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from modelyard.caller import current
from modelyard.errors import Overloaded
from modelyard.runtimes.line import Line, Ticket

T = TypeVar("T")
R = TypeVar("R")
Suits = Callable[[T], bool]


class Pool(Generic[T]):
    """A ladder of workers: one for a call that comes alone, more and narrower ones for calls that come together.

    A network that runs on every core answers a single caller soonest, but many callers are served faster
    by one core each than by taking turns on all of them. A call gets the widest worker of which there
    are enough for all who are being served or wait; when none is free, it waits in line.

    A call that needn't wait is computed on its own thread. Those that wait are computed by threads of the
    pool, which go from one to the next at once: were each computed on its own thread, then a core would
    idle every time until that thread is awake.

    Args:
        ladder: Workers that share the cores equally: the one that has all of them, then rungs of more and
            more, with fewer cores each. As many calls are served at once as the last rung has workers.
        queue: Calls that may wait before further ones are refused.
    """

    def __init__(self, ladder: Sequence[Sequence[T]], queue: int) -> None:
        self._sizes = [len(rung) for rung in ladder]
        self._free = [list(rung) for rung in ladder]
        self._busy = 0
        self._line: Line[_Job[T]] = Line(queue)
        self._wanted = threading.Semaphore(0)
        self._threads = 0

    @property
    def waiting(self) -> int:
        """Calls that wait for a worker right now."""
        return self._line.items

    def run(self, work: Callable[[T], R], suits: Suits[T]) -> R:
        """What the work gives, done with a worker that nobody else has; of several, one that suits it.

        The work may be done on another thread. It goes on there when the caller's deadline passes.

        Raises:
            Overloaded: The line is full, or the caller doesn't wait any more.
            Exception: What the work raises.
        """
        current().check()
        job = _Job(work, suits)
        ticket = Ticket(job, 1)
        with self._line.mutex:
            free = self._busy < self._sizes[-1] and not self._line.items
            lent = self._choose(suits) if free else None
            if lent is None:
                self._line.join(ticket)
                self._man()
        if lent is None:
            self._line.wait(ticket)
        else:
            try:
                job.do(lent.worker)
            finally:
                self._give_back(lent)
        answer: R = job.answer()
        return answer

    def _choose(self, suits: Suits[T]) -> _Lent[T]:
        at_once = min(self._busy + self._line.items, self._sizes[-1] - 1)
        wanted = next(rung for rung, size in enumerate(self._sizes) if size > at_once)
        rung = next(rung for rung in range(wanted, len(self._free)) if self._free[rung])
        free = self._free[rung]
        worker = next((one for one in free if suits(one)), free[-1])
        free.remove(worker)
        self._busy += 1
        return _Lent(worker, rung)

    def _give_back(self, lent: _Lent[T]) -> None:
        with self._line.mutex:
            self._shelve(lent)
            if self._line.items:
                self._wanted.release()

    def _shelve(self, lent: _Lent[T]) -> None:
        self._busy -= 1
        self._free[lent.rung].append(lent.worker)

    def _man(self) -> None:
        """Sees to it that there are threads for what waits: as many as can be served at once."""
        while self._threads < self._sizes[-1]:
            self._threads += 1
            threading.Thread(target=self._serve, name=f"pool-{self._threads}", daemon=True).start()

    def _serve(self) -> None:
        while self._wanted.acquire():
            with self._line.mutex:
                turn = self._next()
            while turn is not None:
                ticket, lent = turn
                if ticket.caller.waits:
                    ticket.what.do(lent.worker)
                with self._line.mutex:
                    self._shelve(lent)
                    turn = self._next()
                    ticket.call()
                # Nothing of one call may live until the next one comes.
                del ticket, lent

    def _next(self) -> tuple[Ticket[_Job[T]], _Lent[T]] | None:
        """The first in line with a worker of its own, if there are both."""
        if self._busy >= self._sizes[-1] or (ticket := self._line.next()) is None:
            return None
        return ticket, self._choose(ticket.what.suits)


class _Job(Generic[T]):
    """What somebody wants done with a worker, and what became of it."""

    def __init__(self, work: Callable[[T], Any], suits: Suits[T]) -> None:
        self.suits = suits
        self._work = work
        self._done = False
        self._outcome: Any = None

    def do(self, worker: T) -> None:
        """Does the work; what it raises is kept for whoever asked for it."""
        try:
            self._outcome = self._work(worker)
        except Exception as error:
            self._outcome = error
        self._done = True

    def answer(self) -> Any:
        """What the work gave.

        Raises:
            Overloaded: It was not done, because nobody waited for it.
            Exception: What the work raised.
        """
        outcome, self._outcome = self._outcome, None
        if not self._done:
            raise Overloaded("nobody waits for the answer any more")
        if not isinstance(outcome, Exception):
            return outcome
        try:
            raise outcome
        finally:
            del outcome  # its traceback holds this frame, and the job with it


@dataclass(frozen=True)
class _Lent(Generic[T]):
    worker: T
    rung: int
