"""Faults that the gates must stop, a file for each asset or kind of fault."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from scripts.benchmarks._faults.fault import Fault


def every() -> Iterator[Fault]:
    """All of them, file by file."""
    for module in pkgutil.iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "FAULTS", ())
