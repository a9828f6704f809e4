"""The registry that images are published to: it answers, and takes what is pushed.

It is asked for an upload, which is given up at once: nothing is left there.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.doctor import Finding, Machine, error, ok
from modelyard.catalog.registry import RegistryDown
from modelyard.errors import ModelyardError


def check(machine: Machine) -> Iterator[Finding]:
    """One line."""
    prefix = machine.registry.prefix
    try:
        machine.registry.check()
    except RegistryDown:
        yield error(
            f"{machine.registry.host} doesn't answer",
            "scripts/registry start; or name another one under `registry` in catalog.yaml, or in MODELYARD_REGISTRY",
        )
        return
    try:
        machine.registry.try_upload()
    except ModelyardError as fault:
        yield error(f"{prefix} can be read, and takes no uploads: {fault}", f"docker login {machine.registry.host}")
        return
    yield ok(f"{prefix} answers, and takes uploads")
