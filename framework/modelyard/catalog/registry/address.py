"""A registry's addresses: the host that answers for it, whether it is on this machine, where its answers lead to."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from urllib.parse import urljoin, urlsplit

from modelyard.errors import ModelyardError

_HUB = "docker.io"
_HUB_API = "registry-1.docker.io"
_SECONDS = 5.0


def is_local(host: str) -> bool:
    """Whether a host, with or without a port, is this machine by its name: localhost, 127.0.0.0/8 or ::1."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def base(host: str) -> str:
    """Where a registry's API is, such as `https://registry.example.org`.

    Docker's own rule: TLS everywhere, and plain HTTP for a registry on this machine that speaks nothing else.

    Args:
        host: Name and port, as image names have them.

    Raises:
        OSError: Nobody listens on this machine.
    """
    if not is_local(host):
        return f"https://{_HUB_API if host == _HUB else host}"
    return f"{'https' if _speaks_tls(host) else 'http'}://{host}"


def _speaks_tls(host: str) -> bool:
    """Shakes hands and hangs up: nothing is sent, so nothing has to be trusted yet."""
    name, _, port = host.partition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        connection = socket.create_connection((name, int(port or 443)), _SECONDS)
    except OSError:
        if port:
            raise
        return False
    with connection:
        try:
            context.wrap_socket(connection, server_hostname=name).close()
        except OSError:
            return False
    return True


def target(path: str, location: str) -> str:
    """Path and query of where a registry leads to, which is the registry itself by whatever name."""
    try:
        parts = urlsplit(urljoin(path, location))
    except ValueError:
        parts = urlsplit("")
    if not parts.path.startswith("/"):
        raise ModelyardError(f"the registry answers {path} with an address that can't be read: {location[:100]!r}")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def fallback_tag(digest: str) -> str:
    """The tag that stands for the referrers of a digest where a registry has no API for them."""
    return digest.replace(":", "-")
