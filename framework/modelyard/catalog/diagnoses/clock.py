"""The clock, beside the registry's: certificates, the age of images and the order of releases go by it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, ok, warning
from modelyard.catalog.registry import RegistryDown

_MOST_SECONDS = 60.0


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    try:
        theirs = machine.registry.clock()
    except RegistryDown:
        theirs = None
    if theirs is None:
        yield ok("not compared: the registry doesn't tell its time")
        return
    ahead = time.time() - theirs
    seen = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the registry's"
    if abs(ahead) > _MOST_SECONDS:
        yield warning(seen, "set the clock of whichever is wrong: timedatectl set-ntp true")
    else:
        yield ok(seen if abs(ahead) >= 1 else "as the registry's")
