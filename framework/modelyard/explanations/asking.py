"""Asking a pipeline many times for one client, within bounds and without keeping others waiting."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from modelyard.caller import Caller, working_for
from modelyard.errors import BadInput, Overloaded

I = TypeVar("I")  # noqa: E741

_AHEAD = 2
"""Inputs that lie ready for each thread: while it asks, the next ones are made."""
_PAUSE = 0.05


class Asking(Generic[I]):
    """Asks with a few threads at once, until there was time or there were queries enough.

    Args:
        says: Asks the pipeline, and says how much of the target is left in its answer.
        caller: Who waits for the explanation.
        until: When to stop, in seconds of `time.monotonic`.
        most: Queries there may be.
        threads: How many of them at a time.
    """

    def __init__(self, says: Callable[[I], float], caller: Caller, until: float, most: int, threads: int) -> None:
        self._says = says
        # What masks take is no stage of a request that others should be compared with.
        self._caller = Caller(caller.deadline, caller.left)
        self._until = until
        self._most = most
        self._threads = threads
        self.queries = 0
        """How often it was asked."""

    def __call__(self, inputs: Iterable[I]) -> list[float]:
        """What is left of the target in the answers to the first inputs, in their order.

        Raises:
            Overloaded: The client hung up.
        """
        found: list[float] = []
        waiting: deque[Future[float]] = deque()
        with ThreadPoolExecutor(self._threads, "explain") as pool:
            try:
                for one in inputs:
                    if self.queries >= self._most or time.monotonic() >= self._until:
                        break
                    self._caller.check()
                    self.queries += 1
                    waiting.append(pool.submit(self._ask, one))
                    if len(waiting) >= _AHEAD * self._threads:
                        found.append(waiting.popleft().result())
                found += [one.result() for one in waiting]
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return found

    def _ask(self, one: I) -> float:
        with working_for(self._caller):
            while True:
                try:
                    return self._says(one)
                except BadInput:
                    return 0.0  # what is left is no input any more, so it says nothing
                except Overloaded:
                    # Those who want an answer come first.
                    if not self._caller.waits:
                        raise
                    time.sleep(_PAUSE)
