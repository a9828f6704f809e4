"""Changes that the gates must leave alone, a file for each kind."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from scripts.benchmarks._benign.change import Benign


def every() -> Iterator[Benign]:
    """All of them, file by file."""
    for module in pkgutil.iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "CHANGES", ())
