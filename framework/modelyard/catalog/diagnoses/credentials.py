"""The login for the registry, as `docker login` left it.

A registry on this machine usually needs none. Elsewhere, pushing without one is refused at the end of a build, which
is late.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, ok, warning
from modelyard.catalog.registry import address, credentials


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    host = machine.registry.host
    login = credentials.find(host)
    if login is not None:
        yield ok(f"there is a login for {host}")
    elif address.is_local(host):
        yield ok(f"none for {host}, which is this machine")
    else:
        yield warning(f"there is no login for {host} in {credentials.path()}", f"docker login {host}")
