"""`https://HOST/PATH`, a file on the web, such as `https://example.org/models/resnet.onnx`.

Credentials and proxies are those of the environment (`~/.netrc`, `HTTPS_PROXY`, `REQUESTS_CA_BUNDLE`), never
part of the address. Network faults and busy servers are tried again, going on where the download broke off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, urlsplit

import requests

from modelyard.catalog.weights.sources import Probe, SourceContext
from modelyard.errors import ModelyardError

Advance = Callable[[int, int | None], None]
_TIMEOUTS = (10.0, 60.0)  # to connect; between two reads
_GONE = (404, 410)
_STEP = 1 << 16  # of the last one begun, nothing is kept when the network fails
_FAULTS = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


@dataclass(frozen=True)
class Patience:
    """How long a download is worth."""

    attempts: int = 5
    pause: float = 1.0
    """Seconds before the second attempt; they double with each further one."""
    longest_pause: float = 60.0
    """Seconds, also if the server asks for more."""
    seconds: float = 7200
    """For all of it: a server that drips a byte a minute times out nowhere else."""
    largest: int = 16 << 30
    """Bytes that a file may have."""


@dataclass(frozen=True)
class _Fault:
    """Why an attempt failed that may be worth another."""

    reason: str
    pause: float = 0.0
    validator: str = ""
    """The ETag under which the rest of the file can be asked for; empty to start over."""


def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path:
    """Stream the file to the disk."""
    url, parts = _address(reference)
    target = folder / (PurePosixPath(parts.path).name or "download")
    stream(url, target, context.advance)
    return target


def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe:
    """Ask for the head of the file; where a server refuses that, for its first byte."""
    return look(_address(reference)[0])


def look(url: str) -> Probe:
    """What a server says of a file, without its bytes.

    Args:
        url: The address.
    """
    try:
        for method, asked in (("HEAD", {}), ("GET", {"Range": "bytes=0-0"})):
            headers = {"Accept-Encoding": "identity", "User-Agent": "modelyard", **asked}
            with requests.request(
                method, url, headers=headers, stream=True, timeout=_TIMEOUTS, allow_redirects=True
            ) as response:
                if response.status_code in (200, 206):
                    return Probe("ok", f"the server has it{_size(response)}")
                said = f"the server answered {_status(response)}"
                if response.status_code in _GONE:
                    return Probe("gone", said)
    except requests.RequestException as error:
        return Probe("unreachable", f"the network failed: {type(error).__name__}")
    return Probe("unreachable", said)


def _address(reference: str) -> tuple[str, SplitResult]:
    url = f"https:{reference}"
    parts = urlsplit(url)
    if not parts.hostname:
        raise ModelyardError(f"{url!r} names no host: write `https://HOST/PATH`")
    if "@" in parts.netloc:
        raise ModelyardError(f"an address on {parts.hostname} holds credentials: move them to ~/.netrc")
    return url, parts


def _size(response: requests.Response) -> str:
    whole = response.headers.get("Content-Range", "").rpartition("/")[2] or response.headers.get("Content-Length", "")
    return f", {int(whole) / 1e6:.1f} MB" if whole.isdigit() else ""


def stream(url: str, target: Path, advance: Advance, patience: Patience = Patience()) -> None:
    """Write what an address gives to a file.

    Args:
        url: The address.
        target: The file; it doesn't exist yet.
        advance: Told the bytes so far, and the total if the server says it.
        patience: When to give up.

    Raises:
        ModelyardError: The server refused, kept failing, or gave too much.
    """
    deadline = time.monotonic() + patience.seconds
    fault = _Fault("nothing was tried")
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(min(max(patience.pause * 2 ** (attempt - 1), fault.pause), patience.longest_pause))
        outcome = _attempt(url, target, advance, fault.validator, patience.largest, deadline)
        if outcome is None:
            return
        fault = outcome
    raise ModelyardError(f"{patience.attempts} attempts failed, the last because {fault.reason}: try again later")


def _attempt(url: str, target: Path, advance: Advance, validator: str, largest: int, deadline: float) -> _Fault | None:
    """One request; None once the file is complete."""
    have = target.stat().st_size if validator and target.exists() else 0
    # Compressed on the way, the bytes and their number would be others than the file's.
    headers = {"Accept-Encoding": "identity", "User-Agent": "modelyard"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUTS) as response:
            if response.status_code == 429 or response.status_code >= 500:
                return _Fault(f"the server answered {_status(response)}", _retry_after(response), validator)
            if response.status_code not in (200, 206):
                raise ModelyardError(f"the server answered {_status(response)}: open the address in a browser")
            if url.startswith("https:") and not response.url.startswith("https:"):
                raise ModelyardError("the server leads to an address without TLS: name another one")
            if response.status_code == 200:
                have = 0
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                return _Fault("the server answered with another part of the file than was asked for")
            etag = response.headers.get("ETag", "")
            validator = etag if etag.startswith('"') else ""  # W/"…" doesn't promise the same bytes
            return _receive(response, target, have, advance, validator, largest, deadline)
    except requests.exceptions.SSLError as error:
        raise ModelyardError(f"the server's certificate is not trusted here: {error}") from error
    except _FAULTS as error:
        return _Fault(f"the network failed: {error}", validator=validator)
    except requests.RequestException as error:
        raise ModelyardError(f"the address can't be used: {error}") from error


def _receive(
    response: requests.Response,
    target: Path,
    have: int,
    advance: Advance,
    validator: str,
    largest: int,
    deadline: float,
) -> _Fault | None:
    """Write what the server sends to the file, after the bytes that we have; None once it is complete."""
    length = response.headers.get("Content-Length", "")
    total = have + int(length) if length.isdigit() else None
    if total is not None and total > largest:
        raise _too_large(largest)
    with target.open("r+b" if have else "wb") as file:
        file.seek(have)
        for part in response.iter_content(_STEP):
            have += len(part)
            if have > largest:
                raise _too_large(largest)
            if time.monotonic() > deadline:
                raise ModelyardError(f"only {have:,} bytes came in all the time there is: name a mirror")
            file.write(part)
            advance(have, total)
    if total is not None and have != total:
        return _Fault(f"{have:,} of {total:,} bytes came", validator=validator)
    return None


def _status(response: requests.Response) -> str:
    return f"{response.status_code} {response.reason}".strip()


def _retry_after(response: requests.Response) -> float:
    """The seconds that the server asks us to wait; 0 if it doesn't, or not in a way we understand."""
    value = response.headers.get("Retry-After", "")
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _too_large(largest: int) -> ModelyardError:
    return ModelyardError(f"the file has more than {largest:,} bytes: name a smaller one")
