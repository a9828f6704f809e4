"""What the build machine needs to reach its package index, for the stage of a build that is left behind.

A company's network has a certificate, an index or a proxy of its own. A build must know them, and no
image must hold them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_PASSED_ON = ("index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout")
_SETTING = re.compile(r"^[^.]+\.([a-z-]+)='(.*)'$|^:env:\.([a-z-]+)='(.*)'$")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def build_files(environment: Mapping[str, str] = os.environ) -> dict[str, bytes]:
    """Files for the folder build-host/ of a build context: the certificates and pip's settings."""
    settings = pip_settings()
    found: dict[str, bytes] = {}
    if bundle := certificates(settings, environment):
        found["build-host/ca-certificates.crt"] = bundle.read_bytes()
    kept = {name: reachable(settings[name]) for name in _PASSED_ON if name in settings}
    lines = [f"{name} = {value}" for name, value in kept.items() if value]
    if lines:
        found["build-host/pip.conf"] = ("[global]\n" + "\n".join(lines) + "\n").encode()
    return found


def build_arguments(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Proxies, as build arguments that Docker knows and keeps out of an image's history."""
    return {name: value for upper in _PROXIES for name in (upper, upper.lower()) if (value := environment.get(name))}


def certificates(settings: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file of certificates that this machine trusts, where it is told to trust others than the usual ones."""
    named = [settings.get("cert", ""), *(environment.get(name, "") for name in _CERTIFICATES)]
    return next((Path(bundle) for bundle in named if bundle and Path(bundle).is_file()), None)


def pip_settings() -> dict[str, str]:
    """pip's settings on this machine, from its files and its environment."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False
    ).stdout
    found: dict[str, str] = {}
    for line in listed.splitlines():
        if match := _SETTING.match(line.strip()):
            name = match[1] or match[3]
            found[name] = match[2] if match[1] else match[4]
    return found


def reachable(value: str) -> str:
    """A setting's value without the folders of this machine, which a container doesn't see."""
    return " ".join(part for part in value.split() if not part.startswith(("file:", "/")))
