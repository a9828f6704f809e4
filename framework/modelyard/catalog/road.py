"""The road to a server on this machine: waiting until it is ready, and sending it inputs as clients do."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from modelyard.errors import ModelyardError
from modelyard.serving.samples import PREDICT, SendMany

_READY_SECONDS = 180
_LOOK_SECONDS = 0.05
_ANSWER_SECONDS = 120
_TRIES = 20
_BUSY = 503
_OK = 200
_AT_ONCE = 64
"""Connections that are kept: one for each thread that sends."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def to(port: int, field: str, alive: Callable[[], bool], path: str = PREDICT) -> SendMany:
    """What sends inputs to a server, as multipart in the documented field, once it is ready.

    A request that the server is too busy for is sent again after the time that it names.

    Args:
        port: Where it listens, on 127.0.0.1.
        field: The field that its task's inputs are sent in.
        alive: Whether it still runs.
        path: The route.

    Raises:
        ModelyardError: It isn't ready in time, or has ended.
    """
    pool = _pool(port, _ANSWER_SECONDS)
    _wait(port, alive)

    def send(data: bytes, parameters: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        parts = [(field, ("input", one, "application/octet-stream")) for one in (data, *more)]
        asked = f"{path}?{urlencode(parameters)}" if parameters else path
        for attempt in range(1, _TRIES + 1):
            try:
                answer = pool.request_encode_body("POST", asked, fields=parts)
            except HTTPError as error:
                raise ModelyardError(f"the server gave no answer: {error}; its log is above") from None
            if answer.status != _BUSY or attempt == _TRIES:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        return answer.status, answer.data

    return send


def _wait(port: int, alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if not alive():
            raise ModelyardError("the server ended before it was ready; its log is above")
        if is_ready(port):
            return
        time.sleep(_LOOK_SECONDS)
    raise ModelyardError(f"the server is not ready after {_READY_SECONDS} s; its log is above")


def is_ready(port: int) -> bool:
    """Whether the server at a port of 127.0.0.1 says that it is ready."""
    with _pool(port, _LOOK_SECONDS * 20) as pool:
        try:
            return bool(pool.request("GET", "/health/ready").status == _OK)
        except HTTPError:
            return False  # It doesn't listen yet.


def _pool(port: int, seconds: float) -> HTTPConnectionPool:
    """Connections that nothing is tried again on; no proxy stands between this machine and itself."""
    return HTTPConnectionPool("127.0.0.1", port, timeout=seconds, maxsize=_AT_ONCE, retries=False)
