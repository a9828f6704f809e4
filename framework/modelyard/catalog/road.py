"""The road to a server on this machine: waiting until it is ready, and sending it inputs as clients do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping

import requests

from modelyard.errors import ModelyardError
from modelyard.serving.samples import PREDICT, Send

_READY_SECONDS = 180
_LOOK_SECONDS = 0.05
_ANSWER_SECONDS = 120
_TRIES = 20
_BUSY = 503


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def to(port: int, field: str, alive: Callable[[], bool], path: str = PREDICT) -> Send:
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
    address = f"http://127.0.0.1:{port}"
    _wait(address, alive)
    kept = threading.local()

    def send(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
        if not hasattr(kept, "session"):
            kept.session = _session()
        for attempt in range(1, _TRIES + 1):
            try:
                answer = kept.session.post(
                    f"{address}{path}", files={field: ("input", data, "application/octet-stream")},
                    params=parameters, timeout=_ANSWER_SECONDS,
                )  # fmt: skip
            except requests.RequestException as error:
                raise ModelyardError(f"the server gave no answer: {error}; its log is above") from None
            if answer.status_code != _BUSY or attempt == _TRIES:
                break
            time.sleep(float(answer.headers.get("Retry-After", 1)))
        return answer.status_code, answer.content

    return send


def _wait(address: str, alive: Callable[[], bool]) -> None:
    session = _session()
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if not alive():
            raise ModelyardError("the server ended before it was ready; its log is above")
        if _is_ready(session, address):
            return
        time.sleep(_LOOK_SECONDS)
    raise ModelyardError(f"the server is not ready after {_READY_SECONDS} s; its log is above")


def is_ready(port: int) -> bool:
    """Whether the server at a port of 127.0.0.1 says that it is ready."""
    with _session() as session:
        return _is_ready(session, f"http://127.0.0.1:{port}")


def _is_ready(session: requests.Session, address: str) -> bool:
    try:
        code = session.get(f"{address}/health/ready", timeout=_LOOK_SECONDS * 20).status_code
    except requests.RequestException:
        return False  # It doesn't listen yet.
    return code == int(requests.codes.ok)


def _session() -> requests.Session:
    """No proxy stands between this machine and itself."""
    session = requests.Session()
    session.trust_env = False
    return session
