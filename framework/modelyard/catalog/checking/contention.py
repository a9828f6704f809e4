"""How long a server waited for a core that others had, which says nothing about an image.

Linux keeps, for each thread, how long it ran and how long it was ready to and had to wait (proc(5), `schedstat`).
The thread that loads a network is gone when anybody can look. So what the main thread waited for each second that it
ran, while it imported the packages, stands for all of the process.
"""

from __future__ import annotations

from dataclasses import dataclass

from docker.models.containers import Container

from modelyard.catalog.containers import inside
from modelyard.errors import ModelyardError

_SCRIPT = r"""
import json, os
ran, waited = map(int, open("/proc/1/schedstat").read().split()[:2])
stat = open("/proc/1/stat").read().rpartition(")")[2].split()
ticks = int(stat[11]) + int(stat[12])
print(json.dumps([ran / 1e9, waited / 1e9, ticks / os.sysconf("SC_CLK_TCK"), len(os.sched_getaffinity(0))]))
"""


@dataclass(frozen=True)
class Contention:
    """What a process had of the cores.

    Attributes:
        ran: Seconds that its main thread ran.
        waited: Seconds that its main thread was ready to run, and others did.
        processor: Seconds of processor time of all its threads.
        cores: Cores that it may use.
    """

    ran: float
    waited: float
    processor: float
    cores: int

    def undisturbed(self, seconds: float) -> float:
        """What a while of the process would have been without the others.

        Args:
            seconds: How long it was; waiting for anything else than a core, such as a disk, counts as it is.
        """
        waited = self.processor * self.waited / self.ran if self.ran > 0 else 0.0
        return min(seconds, max(seconds - waited, self.processor / self.cores))


def of(container: Container) -> Contention | None:
    """That of a container's server so far; None where its kernel doesn't keep it.

    Args:
        container: One that is up.
    """
    try:
        ran, waited, processor, cores = inside.ask(container, _SCRIPT)
        return Contention(float(ran), float(waited), float(processor), int(cores))
    except (ModelyardError, TypeError, ValueError):
        return None
