"""HTTP as a registry speaks it: what is trusted, what is tried again, how large an answer may be."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from modelyard.catalog.registry import address, certificates
from modelyard.catalog.registry.authentication import Authentication
from modelyard.errors import ModelyardError

LARGEST_MANIFEST = 4_000_000
"""Bytes; the specification lets registries refuse larger ones."""

_SECONDS = (5.0, 20.0)  # to connect; between two reads
_RETRIES = Retry(
    total=5,
    read=2,
    other=0,  # a certificate is no better the second time
    status_forcelist=(429, 502, 503, 504),
    # An upload that was begun twice is left and collected by the registry; all else can be repeated as it is.
    allowed_methods=None,
    backoff_factor=0.25,
    backoff_max=8,
    retry_after_max=20,
    raise_on_status=False,
)
_READS = 4
_PAUSE = 0.1  # seconds between two reads
_TORN = 500  # what distribution says of a tag that somebody is writing at this moment
_REDIRECTS = 5
_PART = 1 << 16
_CONNECTIONS = 16


class RegistryDown(ModelyardError):
    """The registry can't be reached."""


class Refused(ModelyardError):
    """The registry answers, and says no.

    Args:
        message: What it was asked, and what it says.
        codes: The error codes of the distribution specification that it gives, such as `MANIFEST_BLOB_UNKNOWN`.
    """

    def __init__(self, message: str, codes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.codes = codes


@dataclass(frozen=True)
class Answer:
    """What a registry answered.

    Attributes:
        status: 200 to 299, or 404.
        headers: By name, in any case of letters.
        content: The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """One registry, spoken to over HTTP. May be used by many threads.

    A request that meets a network fault, or a registry that is busy (429, 502, 503, 504), is tried again some times
    within some minutes. A refusal is not.

    Args:
        host: Name and port, as image names have them.
        folder: Where Docker's folders of certificates are, one for each host.
    """

    def __init__(self, host: str, folder: Path = certificates.FOLDER) -> None:
        self.host = host
        self._folder = folder
        self._authentication = Authentication(host, self._fetch)

    def request(
        self,
        method: str,
        path: str,
        *,
        scope: str = "",
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        limit: int = LARGEST_MANIFEST,
    ) -> Answer:
        """Asks and reads the whole answer.

        Args:
            method: GET, HEAD, POST, PUT or DELETE.
            path: From `/v2/` on.
            scope: What for, such as `repository:modelyard/base:pull`; a token is asked for just that.
            headers: To be sent along.
            data: The body.
            limit: Bytes that the answer may have.

        Returns:
            What came, where it is good or 404.

        Raises:
            RegistryDown: It can't be reached.
            Refused: It says no.
            ModelyardError: It answers more than it may, or there is no login that it takes.
        """
        shown = f"{method} {path.partition('?')[0][:300]}"
        for left in reversed(range(_READS if method in ("GET", "HEAD") else 1)):
            answer = self._send(method, path, scope, dict(headers or {}), data)
            try:
                with answer:
                    content = self._read(answer, shown, limit)
            except requests.RequestException as error:
                if not left:
                    raise self._down(error, answer.url) from None
            else:
                if answer.status_code != _TORN or not left:
                    break
            time.sleep(_PAUSE)
        if answer.status_code != 404 and not 200 <= answer.status_code < 300:
            raise self._refused(answer.status_code, shown, content)
        return Answer(answer.status_code, answer.headers, content)

    @contextmanager
    def stream(self, path: str, scope: str) -> Iterator[Iterator[bytes] | None]:
        """The parts of a large answer as they come; None for 404."""
        with self._send("GET", path, scope, {}, None) as answer:
            if answer.status_code == 404:
                yield None
            elif answer.status_code != 200:
                shown = f"GET {path[:300]}"
                raise self._refused(answer.status_code, shown, self._read(answer, shown, LARGEST_MANIFEST))
            else:
                yield self._parts(answer)

    def _parts(self, answer: requests.Response) -> Iterator[bytes]:
        try:
            yield from answer.iter_content(_PART * 16)
        except requests.RequestException as error:
            raise self._down(error, answer.url) from None

    def _send(
        self, method: str, path: str, scope: str, headers: dict[str, str], data: bytes | None
    ) -> requests.Response:
        """The answer before its body is read; a challenge is met once."""
        known = self._authentication.known(scope)
        answer = self._follow(method, path, headers, known, data)
        if answer.status_code != 401 or _origin(answer.url) != _origin(self._base):
            return answer  # what other servers want to see is not the registry's to say
        challenge = answer.headers.get("WWW-Authenticate", "")
        met = self._authentication.answer(challenge, scope, known)
        if met is None:
            return answer
        answer.close()
        return self._follow(method, path, headers, met, data)

    def _follow(
        self, method: str, path: str, headers: dict[str, str], authorization: str | None, data: bytes | None
    ) -> requests.Response:
        """The answer, wherever the registry keeps it; no other server sees the login."""
        url = self._base + path
        for _ in range(_REDIRECTS + 1):
            own = _origin(url) == _origin(self._base)
            sent = {**headers, "Authorization": authorization} if own and authorization else headers
            answer = self._ask(method, url, sent, data)
            if method not in ("GET", "HEAD") or not answer.is_redirect:
                return answer
            answer.close()
            try:
                url = urljoin(url, answer.headers["Location"])
                if urlsplit(url).scheme not in ("http", "https"):
                    break
            except ValueError:
                break
        raise ModelyardError(f"the registry {self.host} sends readers round in circles: mend its storage's redirects")

    def _ask(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> requests.Response:
        try:
            # A compressed answer could be of any size, and would have another digest.
            sent = {"Accept-Encoding": "identity", **headers}
            prepared = self._session.prepare_request(requests.Request(method, url, headers=sent, data=data))
            # Not by Session.send: it reads the whole body of a redirect, however long, to follow it.
            adapter = self._session.get_adapter(url)
            return adapter.send(prepared, True, _SECONDS, certificates.bundle(), proxies=_proxies(url))
        except (requests.RequestException, HTTPError) as error:
            raise self._down(error, url) from None
        except OSError as error:
            raise ModelyardError(f"the registry {self.host} can't be asked: {error}") from None

    def _read(self, answer: requests.Response, shown: str, limit: int) -> bytes:
        content = bytearray()
        for part in answer.iter_content(_PART):
            content += part
            if len(content) > limit:
                raise ModelyardError(
                    f"the registry {self.host} answers more than {limit // 1_000_000} MB to {shown}: "
                    "nothing that Modelyard writes is so large; see who writes there"
                )
        return bytes(content)

    def _fetch(self, url: str, headers: Mapping[str, str], data: bytes | None) -> tuple[int, bytes]:
        """Asks a token's server, which may be another machine."""
        try:
            with self._ask("GET" if data is None else "POST", url, headers, data) as answer:
                return answer.status_code, self._read(answer, "a request for a token", 1_000_000)
        except requests.RequestException as error:
            raise self._down(error, url) from None

    def _refused(self, status: int, shown: str, content: bytes) -> Refused:
        asked = f"the registry {self.host} answers {status} to {shown}"
        said, codes = _said(content)
        if status in (401, 403):
            return Refused(f"{asked}: log in with docker login {self.host}, as somebody who may do this", codes)
        return Refused(f"{asked}: {self._authentication.scrub(said)[:200]}", codes)

    def _down(self, error: Exception, url: str) -> ModelyardError:
        other = urlsplit(url).hostname or ""
        where = f"the registry {self.host}"
        if _origin(url) != _origin(self._base):
            where = f"{other}, which {where} leads to,"
        if fault := certificates.refusal(error):
            advice = certificates.advice(self.host, self._folder, fault)
            return RegistryDown(f"{where} shows a certificate that is not trusted ({fault.verify_message}): {advice}")
        return _unreachable(where, type(error).__name__)

    @cached_property
    def _base(self) -> str:
        try:
            return address.base(self.host)
        except OSError as error:
            raise _unreachable(f"the registry {self.host}", type(error).__name__) from None

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.auth = _as_it_is
        # No proxy leads to this machine, and to look for one takes as long as a tenth of a request.
        session.trust_env = not address.is_local(self.host)
        trusted = certificates.context(self.host, self._folder)
        session.mount("https://", _Trusting(trusted))
        session.mount("http://", HTTPAdapter(max_retries=_RETRIES, pool_maxsize=_CONNECTIONS))
        return session


class _Trusting(HTTPAdapter):
    """Connections with certificates of our own, in the one way that requests has for it."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        self._trusted = trusted
        super().__init__(max_retries=_RETRIES, pool_maxsize=_CONNECTIONS)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._trusted, **options)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        return super().proxy_manager_for(*arguments, ssl_context=self._trusted, **options)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In place of the logins in ~/.netrc, which are not Docker's."""
    return request


def _proxies(url: str) -> dict[str, str]:
    """The environment's; none leads to this machine, and to look for one takes time."""
    return {} if address.is_local(urlsplit(url).netloc) else get_environ_proxies(url)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _unreachable(where: str, why: str) -> RegistryDown:
    return RegistryDown(
        f"{where} can't be reached ({why}): "
        "start one with scripts/registry, or name another under `registry` in catalog.yaml"
    )


def _said(content: bytes) -> tuple[str, tuple[str, ...]]:
    """What a refusal says, in one line, and its codes."""
    try:
        errors = json.loads(content)["errors"]
        said = "; ".join(str(error["message"]) for error in errors)
        codes = tuple(str(error.get("code")) for error in errors)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        said, codes = content[:10_000].decode("utf-8", "replace"), ()
    return " ".join(said.split()) or "it said nothing", codes
