"""Free space where the engine keeps images and where weights are cached.

A base container with TensorFlow takes some 4 GB while it is built, one for GPUs 20 GB; a full disk stops an engine.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.building import space
from modelyard.catalog.containers.engine import NoEngine, connect
from modelyard.catalog.doctor import Finding, Machine, error, ok, warning

_LEAST = 4e9
_ENOUGH = 15e9


def check(machine: Machine) -> Iterator[Finding]:
    """One line, of the fuller disk."""
    try:
        free, where = space.free(connect(), machine.cache)
    except NoEngine:
        free, where = space.free(None, machine.cache)
    seen = f"{free / 1e9:.1f} GB free on {where}"
    remedy = "`docker image prune --all` frees what no container uses; `modelyard prune` clears the registry"
    if free < _LEAST:
        yield error(seen, remedy)
    elif free < _ENOUGH:
        yield warning(f"{seen}: too little to build a base with TensorFlow beside others", remedy)
    else:
        yield ok(seen)
