"""Waiting in line: first come, first served, bounded, and nobody longer than until their deadline."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from modelyard.caller import current
from modelyard.errors import Overloaded

T = TypeVar("T")


class Ticket(Generic[T]):
    """One thread's place in a line.

    Attributes:
        what: What the thread waits with.
        items: How much of the line it takes up.
        caller: Whom the thread works for.
        called: Whether its turn has come.
    """

    def __init__(self, what: T, items: int) -> None:
        self.what = what
        self.items = items
        self.caller = current()
        self.called = False
        self._bell = threading.Lock()  # held until the thread is called: the cheapest thing to sleep on
        self._bell.acquire()

    def call(self) -> None:
        """Wakes the thread; hold the line's mutex."""
        self.called = True
        self._bell.release()

    def sleep(self) -> bool:
        """Whether the call came before the deadline."""
        return self._bell.acquire(timeout=max(0.0, min(self.caller.seconds_left, threading.TIMEOUT_MAX)))


class Line(Generic[T]):
    """Threads that wait for their turn.

    Everything but `wait` is for whoever holds `mutex`, which also guards what the turns are about.

    Args:
        most: Items that may wait. A ticket of more than that may still be the only one.
    """

    def __init__(self, most: int) -> None:
        self.mutex = threading.Lock()
        self.items = 0
        self._most = most
        self._tickets: deque[Ticket[T]] = deque()

    def __iter__(self) -> Iterator[Ticket[T]]:
        """Those who wait, the first to come first; the line may change under way."""
        return iter(tuple(self._tickets))

    def join(self, ticket: Ticket[T]) -> None:
        """Takes the last place.

        Raises:
            Overloaded: The line is full of callers who still wait for their answer.
        """
        if not self._has_room(ticket.items):
            for one in self:
                if not one.caller.waits:
                    self.leave(one)
                    one.call()
        if not self._has_room(ticket.items):
            raise Overloaded(f"{self.items} items wait for the network already: try again in a moment")
        self._tickets.append(ticket)
        self.items += ticket.items

    def leave(self, ticket: Ticket[T]) -> None:
        """Gives up the place, where the ticket has one."""
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            self.items -= ticket.items

    def next(self) -> Ticket[T] | None:
        """Takes the first one out of the line, if there is one; what it waits for is the taker's to give."""
        if not self._tickets:
            return None
        ticket = self._tickets.popleft()
        self.items -= ticket.items
        return ticket

    def wait(self, ticket: Ticket[T]) -> None:
        """Sleeps until the ticket is called, without the mutex.

        Raises:
            Overloaded: The deadline came first. The ticket is out of the line then.
        """
        while not ticket.sleep():
            with self.mutex:
                if ticket.called:
                    return
                try:
                    ticket.caller.check()
                except Overloaded:
                    self.leave(ticket)
                    raise

    def _has_room(self, items: int) -> bool:
        return self.items + items <= self._most or (self.items == 0 and self._most > 0)
