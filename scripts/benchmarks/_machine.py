"""Which machine measured, and how fast it was just then: a virtual machine's cores are not the same every day."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

_COUNT = 5_000_000
_TRIES = 3


def described() -> str:
    """The processor, its cores, Python, and how long one core takes to count to five million in it, the best of 3."""
    cores = len(os.sched_getaffinity(0))
    return f"{_processor()}, {cores} cores, Python {platform.python_version()}; {pace()}"


def pace() -> str:
    """What figures of different days can be compared by."""
    return f"counts to {_COUNT:,} in {min(_counted() for _ in range(_TRIES)):.2f} s"


def _counted() -> float:
    began = time.process_time()
    total = 0
    for number in range(_COUNT):
        total += number
    return time.process_time() - began


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
