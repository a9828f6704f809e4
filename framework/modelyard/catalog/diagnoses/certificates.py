"""The certificate files that the environment names: they are there, and hold certificates.

A name that leads nowhere makes every download fail with words about TLS.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from modelyard.catalog.doctor import Finding, Machine, error, ok

_NAMES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")


def check(machine: Machine) -> Iterator[Finding]:
    """A line for each that is named; one where none is."""
    named = {name: machine.environment[name] for name in _NAMES if machine.environment.get(name)}
    if not named:
        yield ok("the system's own")
    for name, value in named.items():
        fault = _fault(Path(value))
        if fault is None:
            yield ok(f"{name} leads to certificates")
        else:
            yield error(f"{name}={value}: {fault}", f"name a file of certificates in PEM there, or unset {name}")


def _fault(file: Path) -> str | None:
    if file.is_dir():
        return None  # a folder of hashed names, which OpenSSL reads on demand
    try:
        ssl.create_default_context(cafile=str(file))
    except FileNotFoundError:
        return "it isn't there"
    except (OSError, ValueError) as fault:
        return f"it can't be used ({getattr(fault, 'strerror', None) or fault})"
    return None
