"""What the server and the application tell each other."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass


def _none_wait() -> int:
    return 0


def _uncounted(code: int, request_id: str) -> None:
    pass


@dataclass
class State:
    """Whether requests are welcome: after loading and warming up, until the container is stopped.

    Attributes:
        ready: Whether they are.
        ready_after: Seconds from the start of the process to readiness.
        stopped_at: When the container was told to stop, in seconds of `time.monotonic`.
        waiting: How many requests wait for a thread right now; the server sets it.
        refused: Takes the status and the id of a request that the server refused before it reached the
            application; the application sets it.
    """

    ready: bool = False
    ready_after: float = 0.0
    stopped_at: float = float("inf")
    waiting: Callable[[], int] = _none_wait
    refused: Callable[[int, str], None] = _uncounted

    def become_ready(self) -> None:
        """From now on requests are welcome, unless the container was told to stop meanwhile."""
        self.ready_after = _age_of_this_process()
        self.ready = self.stopped_at == float("inf")

    def stop(self) -> None:
        """From now on requests are unwelcome; those that were begun are answered."""
        self.ready = False
        self.stopped_at = min(self.stopped_at, time.monotonic())


def _age_of_this_process() -> float:
    """Seconds since the kernel started it: imports count, too. Zero where the kernel doesn't tell."""
    try:
        with open("/proc/self/stat") as stat, open("/proc/uptime") as uptime:
            started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
            return max(0.0, float(uptime.read().split()[0]) - started)
    except OSError:
        return 0.0
