"""Memory: converting a network, and comparing it with TensorFlow's answer, takes some 2 GB beside everything else."""

from __future__ import annotations

import os
from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, ok, warning

_ENOUGH = 4e9


def check(_machine: Machine) -> Iterator[Finding]:
    """One line."""
    try:
        total = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (ValueError, OSError):
        yield ok("this system doesn't tell how much there is")
        return
    seen = f"{total / 1e9:.1f} GB"
    yield ok(seen) if total >= _ENOUGH else warning(seen, "release with --jobs 1, or on a machine with 4 GB")
