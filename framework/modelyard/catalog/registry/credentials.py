"""The login for a registry, as `docker login` left it."""

from __future__ import annotations

import base64
import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelyard.errors import ModelyardError

_LARGEST = 4_000_000
_SECTIONS = ("auths", "credHelpers", "credsStore")


@dataclass(frozen=True)
class Credentials:
    """A login: name and password, or the token that stands for both.

    Attributes:
        username: The name; empty with a token.
        password: Never shown.
        token: An identity token, as `docker login` gets from some registries. Never shown.
    """

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @property
    def basic(self) -> str:
        """The value of an Authorization header, as RFC 7617 has it."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may hold."""
        return tuple(filter(None, (self.password, self.token, self.basic.removeprefix("Basic "))))


def path() -> Path:
    """Docker's own configuration: in the folder that DOCKER_CONFIG names, else in `~/.docker`."""
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


def find(host: str) -> Credentials | None:
    """The login for a registry; None where there is none.

    Looked for as Docker does: in the credential helper of the host, the credentials store, then in the file itself.

    Args:
        host: Name and port, as image names have them.

    Raises:
        ModelyardError: The configuration can't be read, or a credential helper failed.
    """
    config = _config()
    if config is None:
        return None
    # Only where there is a login to look for: it takes as long to load as fifty requests take.
    from docker.auth import AuthConfig, load_config
    from docker.errors import DockerException

    written = {section: config[section] for section in _SECTIONS if config.get(section)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a helper that is not installed; the error says so
            # The SDK takes the dictionary apart that it is given.
            entry = load_config(config_dict=dict(written)).resolve_authconfig(host) if written else None
    except DockerException:
        helper = AuthConfig(dict(written)).get_credential_store(host)
        program = f"the credential helper docker-credential-{helper}" if helper else "its section auths"
        raise ModelyardError(
            f"{path()}: {program} gives no login for {host}: mend it, or run docker login {host} again"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelyardError(f"{path()}: the login for {host} can't be read: run docker login {host} again") from None
    return _credentials(entry or {}) or _plain(written, host)


def _config() -> dict[str, Any] | None:
    file = path()
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelyardError(f"{file}: it can't be read ({error.strerror}): let this user read it") from None
    try:
        if len(content) > _LARGEST:
            raise ValueError
        config = json.loads(content)
    except (ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise ModelyardError(f"{file}: it is not Docker's configuration in JSON: mend it, or run docker login again")
    return config


def _credentials(entry: Mapping[str, Any]) -> Credentials | None:
    # Helpers' entries are written in capitals, those of the file are not.
    values = {name.lower(): value for name, value in entry.items()}
    if token := values.get("identitytoken"):
        return Credentials(token=str(token))
    if values.get("username"):
        return Credentials(str(values["username"]), str(values.get("password") or ""))
    return None


def _plain(written: Mapping[str, Any], host: str) -> Credentials | None:
    """Name and password that stand in the file as they are, which the SDK doesn't read."""
    entry = (written.get("auths") or {}).get(host)
    return _credentials(entry) if isinstance(entry, dict) else None
