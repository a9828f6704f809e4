"""Python, and the packages of the builder: those of its lock, and no others.

An older or newer package may work, and may be what makes a build differ from everybody else's.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from packaging.markers import Marker

from modelyard.catalog import lock
from modelyard.catalog.doctor import Finding, Machine, error, ok, warning

_LEAST = (3, 11)
_REMEDY = "scripts/environment catalog"
_SHOWN = 4


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    if sys.version_info < _LEAST:
        yield error(f"Python {platform.python_version()}", "install Python 3.11 or newer, and remove .venv")
        return
    text = (machine.workspace.requirements / "catalog.txt").read_text("utf-8")
    wanted = {one.name: one.version for one in lock.pins(text) if not one.marker or Marker(one.marker).evaluate()}
    have = {name: _have(name) for name in wanted}
    other = [f"{name} {have[name] or 'is missing'}, not {want}" for name, want in wanted.items() if have[name] != want]
    if other:
        more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
        yield warning(f"not as in catalog.txt: {'; '.join(other[:_SHOWN])}{more}", _REMEDY)
    else:
        yield ok(f"Python {platform.python_version()}, {len(wanted)} packages as locked")


def _have(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
