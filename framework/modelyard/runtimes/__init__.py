"""What executes a network: one file per runtime, found by its name."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from modelyard.errors import ModelyardError
from modelyard.runtimes.runtime import Runtime

_PARTS = {"batching", "line", "pool", "runtime"}
"""What runtimes are made of."""


def names() -> list[str]:
    """The runtimes there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _PARTS)


def load(name: str, *, threads: int, queue: int) -> Runtime:
    """The runtime of that name.

    Args:
        name: One of `names()`.
        threads: Processor cores that the runtime may keep busy.
        queue: Calls that may wait for a network before further ones are refused; of a network that computes
            several calls together, the items in them.
    """
    if name not in names():
        raise ModelyardError(f"there is no runtime {name!r}: use one of {', '.join(names())}")
    module = import_module(f"modelyard.runtimes.{name}")
    runtime: Runtime = module.create(threads=threads, queue=queue)
    return runtime
