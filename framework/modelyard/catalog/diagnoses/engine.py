"""The container engine that builds images: it answers, and stores layers quickly.

With the storage driver vfs each layer is a whole copy of the one below, so that disks fill and builds crawl.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.containers.engine import NoEngine, connect
from modelyard.catalog.doctor import Finding, Machine, error, ok, warning

_SLOW = ("vfs",)


def check(_machine: Machine) -> Iterator[Finding]:
    """One line."""
    try:
        client = connect()
        info = client.info()
    except NoEngine:
        yield error("none answers", "scripts/engine start; or serve models without one, with `modelyard run NAME`")
        return
    driver = str(info.get("Driver", ""))
    seen = f"{info.get('ServerVersion', 'of no version')} on {info.get('Architecture', '?')}, storage driver {driver}"
    if driver in _SLOW:
        yield warning(seen, "give the engine a disk that overlay2 works on, and name that driver in its daemon.json")
    else:
        yield ok(seen)
