"""A registry's challenges, and what they are answered with: a login, or a token that a login was given for."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from modelyard.catalog.registry import credentials
from modelyard.catalog.registry.address import is_local
from modelyard.catalog.registry.credentials import Credentials
from modelyard.errors import ModelyardError

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = re.compile(rf'({_WORD})[ \t]*=[ \t]*(?:({_WORD})|"((?:[^"\\]|\\.)*)")')
_SCHEME = re.compile(rf"({_WORD})(?=[ \t,]|$)")
_BETWEEN = re.compile(r"[ \t,]*")
_SKIPPED = re.compile(r"[^,]*")
_SENDABLE = re.compile(r"[\x21-\x7e]{1,100000}")
_CLIENT = "modelyard"
_LIFETIME = 60  # seconds, where the token's server says nothing
_LONGEST = 3600
_FRESH = 0.9  # of its lifetime: it must still hold when it arrives

Fetch = Callable[[str, Mapping[str, str], bytes | None], tuple[int, bytes]]
"""Asks a token's server: address, headers, and a form to post, if any; gives status and body."""


@dataclass(frozen=True)
class Challenge:
    """What a server wants to see, as RFC 7235 has it.

    Attributes:
        scheme: In small letters, such as `bearer`.
        parameters: Names in small letters.
    """

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse(header: str) -> list[Challenge]:
    """The challenges of a WWW-Authenticate header; what can't be read is passed over."""
    found: list[tuple[str, dict[str, str]]] = []
    place = 0
    while (place := _BETWEEN.match(header, place).end()) < len(header):  # type: ignore[union-attr]
        if match := _PARAMETER.match(header, place):
            name, bare, quoted = match.groups()
            if found:
                found[-1][1][name.lower()] = bare if bare is not None else re.sub(r"\\(.)", r"\1", quoted)
        elif match := _SCHEME.match(header, place):
            found.append((match[1].lower(), {}))
        else:
            match = _SKIPPED.match(header, place)
            assert match is not None
        place = match.end()
    return [Challenge(scheme, parameters) for scheme, parameters in found]


class Authentication:
    """What is sent to one registry in the Authorization header. May be used by many threads.

    Args:
        host: Name and port of the registry, as image names have them.
        fetch: Asks a token's server, without following it elsewhere.
    """

    def __init__(self, host: str, fetch: Fetch) -> None:
        self._host = host
        self._fetch = fetch
        self._lock = threading.Lock()
        self._basic: str | None = None
        self._tokens: dict[str, tuple[str, float]] = {}
        self._login: Credentials | None = None
        self._looked = False

    def known(self, scope: str) -> str | None:
        """What the registry took before and still should; None where it has asked for nothing yet."""
        token, until = self._tokens.get(scope, (None, 0.0))
        return token if token and time.monotonic() < until else self._basic

    def answer(self, header: str, scope: str, refused: str | None) -> str | None:
        """What to send after a refusal; None where nothing would help.

        Args:
            header: The WWW-Authenticate header that came.
            scope: What is to be done, such as `repository:modelyard/base:pull`.
            refused: What was sent before, if anything.

        Raises:
            ModelyardError: The login is wrong, or must not be sent where the registry says.
        """
        with self._lock:
            known = self.known(scope)
            if known not in (None, refused):
                return known  # another thread was faster
            wanted = {challenge.scheme: challenge.parameters for challenge in reversed(parse(header))}
            if "bearer" in wanted:
                self._tokens[scope] = self._token(wanted["bearer"], scope)
                return self._tokens[scope][0]
            login = self._credentials()
            if "basic" in wanted and login is not None and login.username:
                self._basic = login.basic
                return self._basic
            return None

    def scrub(self, text: str) -> str:
        """A server's words without anything secret that it repeats."""
        known = [token.removeprefix("Bearer ") for token, _ in list(self._tokens.values())]
        for secret in sorted((*known, *(self._login.secrets if self._login else ())), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def _credentials(self) -> Credentials | None:
        if not self._looked:
            self._login = credentials.find(self._host)
            self._looked = True
        return self._login

    def _token(self, wanted: Mapping[str, str], scope: str) -> tuple[str, float]:
        """A Bearer token and the moment until which it holds, as distribution's token specification has it."""
        realm = wanted.get("realm", "")
        asked = {"service": wanted.get("service", ""), "scope": wanted.get("scope", scope)}
        asked = {name: value for name, value in asked.items() if value}
        shown = self._checked(realm)
        login = self._credentials()
        if login is not None and login.token:
            form = {"grant_type": "refresh_token", "client_id": _CLIENT, **asked, "refresh_token": login.token}
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            status, body = self._fetch(realm, headers, urlencode(form).encode())
        else:
            query = urlencode({"client_id": _CLIENT, **asked})
            headers = {} if login is None else {"Authorization": login.basic}
            status, body = self._fetch(f"{realm}{'&' if urlsplit(realm).query else '?'}{query}", headers, None)
        if status in (400, 401, 403):
            why = "takes no guests" if login is None else "doesn't take the login that Docker has"
            raise ModelyardError(
                f"{shown}, which gives tokens for the registry {self._host}, {why} ({status}): "
                f"log in with docker login {self._host}"
            )
        if status != 200:
            raise ModelyardError(f"{shown}, which gives tokens for the registry {self._host}, answers {status}")
        return self._parsed(shown, body)

    def _checked(self, realm: str) -> str:
        """The host of a token's server, which must be one that a login may be sent to."""
        try:
            parts = urlsplit(realm)
            host = parts.netloc
            readable = bool(host) and "@" not in host and not parts.fragment and parts.port != 0
        except ValueError:
            readable = False
        if not readable:
            raise ModelyardError(f"the registry {self._host} names no address that gives tokens")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local(host)):
            raise ModelyardError(
                f"the registry {self._host} wants its login sent to {host[:100]} without TLS, so it is not sent: "
                "give the server of its tokens an address with https"
            )
        return host[:100]

    def _parsed(self, shown: str, body: bytes) -> tuple[str, float]:
        try:
            said: Any = json.loads(body)
            token = said.get("token") or said.get("access_token")
            lifetime = float(said.get("expires_in") or _LIFETIME)
            if not _SENDABLE.fullmatch(token) or not lifetime > 0:
                raise ValueError
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise ModelyardError(
                f"{shown}, which gives tokens for the registry {self._host}, gave none that can be read"
            ) from None
        return f"Bearer {token}", time.monotonic() + _FRESH * min(lifetime, _LONGEST)
