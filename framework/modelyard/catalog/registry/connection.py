"""HTTP as a registry speaks it: what is trusted, what is tried again, how large an answer may be."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from modelyard.catalog.registry import address, certificates
from modelyard.catalog.registry.authentication import Authentication
from modelyard.errors import ModelyardError
from modelyard.version import VERSION

LARGEST_MANIFEST = 4_000_000
"""Bytes; the specification lets registries refuse larger ones."""

_SECONDS = Timeout(connect=5.0, read=20.0)  # between two reads
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
_LEAD_ELSEWHERE = (301, 302, 303, 307, 308)
_PART = 1 << 16
_CONNECTIONS = 16
_CLIENT = f"modelyard/{VERSION}"


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


@dataclass(frozen=True)
class _Response:
    """An answer before its body is read.

    Attributes:
        url: Who gave it.
        raw: The answer; its connection is used again once the body was read to its end, and closed before that.
    """

    url: str
    raw: BaseHTTPResponse

    @property
    def status(self) -> int:
        return self.raw.status

    @property
    def is_redirect(self) -> bool:
        return self.raw.status in _LEAD_ELSEWHERE and "Location" in self.raw.headers

    def parts(self, size: int) -> Iterator[bytes]:
        yield from self.raw.stream(size, decode_content=False)

    def close(self) -> None:
        self.raw.close()


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
        self._making = threading.Lock()
        self._pools: dict[str | None, PoolManager] = {}

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
                with closing(answer):
                    content = self._read(answer, shown, limit)
            except HTTPError as error:
                if not left:
                    raise self._down(error, answer.url) from None
            else:
                if answer.status != _TORN or not left:
                    break
            time.sleep(_PAUSE)
        if answer.status != 404 and not 200 <= answer.status < 300:
            raise self._refused(answer.status, shown, content)
        return Answer(answer.status, answer.raw.headers, content)

    @contextmanager
    def stream(self, path: str, scope: str) -> Iterator[Iterator[bytes] | None]:
        """The parts of a large answer as they come; None for 404."""
        with closing(self._send("GET", path, scope, {}, None)) as answer:
            if answer.status == 404:
                yield None
            elif answer.status != 200:
                shown = f"GET {path[:300]}"
                raise self._refused(answer.status, shown, self._read(answer, shown, LARGEST_MANIFEST))
            else:
                yield self._parts(answer)

    def _parts(self, answer: _Response) -> Iterator[bytes]:
        try:
            yield from answer.parts(_PART * 16)
        except HTTPError as error:
            raise self._down(error, answer.url) from None

    def _send(self, method: str, path: str, scope: str, headers: dict[str, str], data: bytes | None) -> _Response:
        """The answer before its body is read; a challenge is met once."""
        known = self._authentication.known(scope)
        answer = self._follow(method, path, headers, known, data)
        if answer.status != 401 or _origin(answer.url) != _origin(self._base):
            return answer  # what other servers want to see is not the registry's to say
        challenge = answer.raw.headers.get("WWW-Authenticate", "")
        met = self._authentication.answer(challenge, scope, known)
        if met is None:
            return answer
        answer.close()
        return self._follow(method, path, headers, met, data)

    def _follow(
        self, method: str, path: str, headers: dict[str, str], authorization: str | None, data: bytes | None
    ) -> _Response:
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
                url = urljoin(url, answer.raw.headers["Location"])
                if urlsplit(url).scheme not in ("http", "https"):
                    break
            except ValueError:
                break
        raise ModelyardError(f"the registry {self.host} sends readers round in circles: mend its storage's redirects")

    def _ask(self, method: str, url: str, headers: Mapping[str, str], data: bytes | None) -> _Response:
        # A compressed answer could be of any size, and would have another digest.
        sent = {"User-Agent": _CLIENT, "Accept-Encoding": "identity", **headers}
        try:
            pool = self._pool(url)
            # Not followed elsewhere by the library: that reads the whole body of a redirect, however long.
            raw = pool.urlopen(
                method,
                url,
                body=data,
                headers=sent,
                retries=_RETRIES,
                redirect=False,
                preload_content=False,
                timeout=_SECONDS,
            )
        except HTTPError as error:
            raise self._down(error, url) from None
        except OSError as error:
            raise ModelyardError(f"the registry {self.host} can't be asked: {error}") from None
        return _Response(url, raw)

    def _read(self, answer: _Response, shown: str, limit: int) -> bytes:
        content = bytearray()
        for part in answer.parts(_PART):
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
            with closing(self._ask("GET" if data is None else "POST", url, headers, data)) as answer:
                return answer.status, self._read(answer, "a request for a token", 1_000_000)
        except HTTPError as error:
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
        met = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
        return _unreachable(where, type(met).__name__)

    @cached_property
    def _base(self) -> str:
        try:
            return address.base(self.host)
        except OSError as error:
            raise _unreachable(f"the registry {self.host}", type(error).__name__) from None

    def _pool(self, url: str) -> PoolManager:
        """The connections that lead to an address: straight there, or through the environment's proxy."""
        proxy = _proxy(url)
        with self._making:
            if proxy not in self._pools:
                trusted = certificates.context(self.host, self._folder)
                if proxy is None:
                    self._pools[proxy] = PoolManager(maxsize=_CONNECTIONS, ssl_context=trusted)
                else:
                    self._pools[proxy] = ProxyManager(proxy, maxsize=_CONNECTIONS, ssl_context=trusted)
            return self._pools[proxy]


def _proxy(url: str) -> str | None:
    """The environment's; none leads to this machine, and to look for one takes as long as a tenth of a request."""
    parts = urlsplit(url)
    if address.is_local(parts.netloc) or proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


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
