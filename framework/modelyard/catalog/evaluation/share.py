"""How much of the cores this program has beside others, as Linux keeps it for each thread (proc(5), `schedstat`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Share:
    """What a thread had of the cores.

    Attributes:
        ran: Seconds that it ran.
        waited: Seconds that it was ready to run, and others did.
    """

    ran: float = 0.0
    waited: float = 0.0

    @classmethod
    def now(cls) -> Share:
        """That of this thread so far; nothing where the kernel doesn't keep it."""
        try:
            ran, waited, *_ = Path("/proc/thread-self/schedstat").read_text("ascii").split()
            return cls(int(ran) / 1e9, int(waited) / 1e9)
        except (OSError, ValueError):
            return cls()

    def since(self, before: Share) -> float:
        """How much of the time that the thread wanted a core it had one, from 0 to 1; 1 where nothing is known."""
        ran, waited = self.ran - before.ran, self.waited - before.waited
        return ran / (ran + waited) if ran + waited > 0 else 1.0
