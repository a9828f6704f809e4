"""Which worker thread answers a request: asking the model must not keep a health check waiting."""

from __future__ import annotations

from typing import Any

from waitress.task import ThreadedTaskDispatcher

from modelyard.serving.connection import Connection, Refusal

_QUICK_THREADS = 2


class Lanes:
    """Two sets of threads: one for what takes long, with a bounded queue, and one for all the rest.

    Args:
        queue: Requests that may wait for the model; a further one is refused at once with 503.
        threads: How many ask the model at a time.
    """

    def __init__(self, queue: int, threads: int) -> None:
        self._queue = queue
        self._slow = ThreadedTaskDispatcher()
        self._quick = ThreadedTaskDispatcher()
        self._slow.set_thread_count(threads)
        self._quick.set_thread_count(_QUICK_THREADS)
        for lane in (self._slow, self._quick):
            # A full queue is said to the client, and counted; it is not news for the log at each request.
            lane.queue_logger.disabled = True

    @property
    def waiting(self) -> int:
        """Requests that wait for a thread which may ask the model."""
        return len(self._slow.queue)

    def set_threads(self, count: int) -> None:
        """How many requests ask the model at a time."""
        self._slow.set_thread_count(count)

    def add_task(self, connection: Connection) -> None:
        """Takes a connection whose next request is whole."""
        request = connection.requests[0]
        if request.error is not None or request.command != "POST":
            self._quick.add_task(connection)
        elif self.waiting >= self._queue:
            request.error = Refusal(503)
            self._quick.add_task(connection)
        else:
            self._slow.add_task(connection)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Ends all threads."""
        ended: list[Any] = [lane.shutdown(cancel_pending, timeout) for lane in (self._slow, self._quick)]
        return all(ended)
