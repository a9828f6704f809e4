"""What the specifications of runtimes share: threads that are told when to go on, and never sleep to be in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.runtimes.batches import Network, batcher, rows

from modelyard.caller import Caller, working_for
from modelyard.runtimes.batching import Batcher
from modelyard.runtimes.line import Line, Ticket

PATIENCE = 30
"""Seconds after which a test that waits for another thread has failed."""


class Threads:
    """Calls, each on a thread of its own."""

    def __init__(self, arrivals: threading.Semaphore) -> None:
        self._arrivals = arrivals
        self._started: list[threading.Thread] = []

    def start(self, function: Callable[..., Any], *arguments: Any, caller: Caller | None = None) -> Future[Any]:
        """Begins a call."""
        future: Future[Any] = Future()

        def work() -> None:
            try:
                with working_for(caller or Caller()):
                    future.set_result(function(*arguments))
            except BaseException as error:
                future.set_exception(error)

        thread = threading.Thread(target=work, daemon=True)
        self._started.append(thread)
        thread.start()
        return future

    def line_up(self, function: Callable[..., Any], *arguments: Any, caller: Caller | None = None) -> Future[Any]:
        """Begins a call, and returns when it stands in line."""
        future = self.start(function, *arguments, caller=caller)
        assert self._arrivals.acquire(timeout=PATIENCE), "the call doesn't wait in line"
        return future

    def end(self) -> None:
        """All of them do."""
        for thread in self._started:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a thread is stuck"


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Threads]:
    """Threads that have all come to an end when the test has."""
    arrivals = threading.Semaphore(0)
    wait = Line.wait

    def say_and_wait(line: Line[Any], ticket: Ticket[Any]) -> None:
        arrivals.release()
        wait(line, ticket)

    monkeypatch.setattr(Line, "wait", say_and_wait)
    found = Threads(arrivals)
    yield found
    found.end()


@dataclass
class Watched:
    """A caller who may hang up, and what was measured for it."""

    deadline: float = float("inf")
    gone: threading.Event = field(default_factory=threading.Event)
    seen: dict[str, float] = field(default_factory=dict)

    @property
    def caller(self) -> Caller:
        """As the server would announce it."""
        return Caller(deadline=self.deadline, left=self.gone.is_set, observe=self.seen.__setitem__)


@pytest.fixture
def somebody() -> Callable[..., Watched]:
    """A new caller."""
    return lambda **changes: replace(Watched(), **changes)


@pytest.fixture
def network() -> Iterator[Network]:
    found = Network()
    yield found
    found.let_go()


@pytest.fixture
def busy(threads: Any, network: Network) -> Callable[..., tuple[Batcher, Future[Any]]]:
    """A batcher that computes 0 until the network is told to go on."""

    def make(**changes: Any) -> tuple[Batcher, Future[Any]]:
        found = batcher(network, **changes)
        first = threads.start(found, rows(0))
        network.entered()
        return found, first

    return make
