"""One client's connection: waitress's, with a deadline for the request and JSON for every refusal."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error

from modelyard.serving import trace
from modelyard.serving.error_body import error_body

RECEIVED = "modelyard.received"
"""In the WSGI environment: when the request had arrived whole, in seconds of `time.monotonic`."""

BEGAN = "modelyard.began"
"""In the WSGI environment: when its first byte arrived."""

_SLOWEST_BYTES_A_SECOND = 50_000
_SMALL_BYTES = 65_536
_LINGER_SECONDS = 3.0
_LINGER_BYTES = 64_000_000

_MESSAGES = {
    400: "this is no HTTP request that can be read: {detail}",
    408: "the request took too long to arrive: send it faster, or a smaller one",
    413: "the request is larger than this server takes: send a smaller file",
    431: "the request's headers are larger than this server takes: send fewer or shorter ones",
    503: "too many requests wait already: try again in a moment",
}


class Refusal(Error):  # type: ignore[misc]
    """An answer to a request that doesn't reach the application."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.reason = HTTPStatus(code).phrase


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """Refuses in the one error shape, and closes the connection."""

    def execute(self) -> None:
        """Writes the refusal."""
        error = self.request.error
        # waitress says 501 to a transfer coding that it doesn't know; it is the client that can mend it.
        code = 400 if error.code == 501 else error.code
        detail = str(error.body)[:200]
        begun = trace.begin(self.request.headers.get("TRACEPARENT"))
        self.channel.server.state.refused(code, begun.request_id)
        path = str(getattr(self.request, "path", ""))
        body = error_body(path, _MESSAGES.get(code, "{detail}").format(detail=detail), begun.request_id)
        self.status = f"{code} {HTTPStatus(code).phrase}"
        self.response_headers += [
            ("Content-Type", "application/json"),
            ("X-Request-Id", begun.request_id),
            ("traceparent", begun.traceparent),
        ]
        if code == 503:
            self.response_headers.append(("Retry-After", "1"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class TimedRequest(HTTPRequestParser):  # type: ignore[misc]
    """A request that knows when its first byte arrived, and when it was whole."""

    def __init__(self, adjustments: Any) -> None:
        super().__init__(adjustments)
        self.began = self.received_at = time.monotonic()

    def received(self, data: bytes) -> int:
        """Takes in bytes; gives how many belonged to this request."""
        consumed: int = super().received(data)
        if self.completed:
            self.received_at = time.monotonic()
        return consumed


class RequestTask(WSGITask):  # type: ignore[misc]
    """A request that reaches the application, with the times at which it arrived."""

    def get_environment(self) -> dict[str, Any]:
        """The WSGI environment."""
        environment: dict[str, Any] = super().get_environment()
        environment[BEGAN] = self.request.began
        environment[RECEIVED] = self.request.received_at
        if self.channel.server.stopping:
            self.set_close_on_finish()
        return environment

    def write(self, data: bytes) -> None:
        """Sends a part of the answer; its head goes in one packet with a small first part."""
        if self.wrote_header or len(data) > _SMALL_BYTES:
            super().write(data)
        else:
            with self.channel.joined():
                super().write(data)


class Connection(HTTPChannel):  # type: ignore[misc]
    """What one client sends and is sent.

    A request must arrive within the body timeout, and a second more for each 50 kB of it: whoever sends
    a byte a second is told so and cut off. A client that is refused while it still sends is read from a
    little longer, so that it sees the answer instead of a reset.
    """

    task_class = RequestTask
    error_task_class = RefusalTask
    parser_class = TimedRequest
    request: Any = None
    _lingers_until = 0.0
    _lingered = 0
    _parts: list[bytes] | None = None

    def received(self, data: bytes) -> bool:
        """Takes in bytes; refuses them where all clients together hold too many in memory."""
        taken: bool = super().received(data)
        self.server.held += len(data)
        arriving: Any = self.request
        if arriving is not None:
            announced = max(0, arriving.content_length - arriving.body_bytes_received)
            if self.server.held + announced > self.server.most_held:
                self.refuse(503)
        return taken

    def write_soon(self, data: Any) -> int:
        """Sends bytes as soon as the client takes them; gives how many there are."""
        if self._parts is None or not isinstance(data, bytes):
            return int(super().write_soon(data))
        self._parts.append(data)
        return len(data)

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Sends what is written meanwhile at once: each `send` takes the kernel, and the client, a turn."""
        self._parts = []
        try:
            yield
        finally:
            parts, self._parts = self._parts, None
            super().write_soon(b"".join(parts))

    def held(self) -> int:
        """Bytes of request bodies in memory for this client."""
        arriving = self.request
        waiting = sum(request.body_bytes_received for request in list(self.requests))
        return int(waiting + (arriving.body_bytes_received if arriving is not None else 0))

    def overdue(self, now: float, seconds: float) -> bool:
        """Whether a request has been arriving for too long."""
        request = self.request
        if request is None or self._lingers_until:
            return False
        return bool(now - request.began > seconds + request.body_bytes_received / _SLOWEST_BYTES_A_SECOND)

    def refuse(self, code: int) -> None:
        """Answers the request that is still arriving, and closes."""
        with self.requests_lock:
            request = self.request
            if request is None:
                return
            self.request = None
            request.error, request.completed = Refusal(code), True
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def unanswered(self, since: float) -> bool:
        """Whether a request that began before a moment is not answered whole yet."""
        if self._lingers_until:
            return False
        arriving = self.request
        begun = [*self.requests, *([arriving] if arriving is not None else [])]
        return self.total_outbufs_len > 0 or any(request.began <= since for request in begun)

    def handle_close(self) -> None:
        """Closes; but while a refused client may still be sending, only this side first."""
        if not self._lingers_until and self.connected and self._was_refused and self._half_close():
            return
        super().handle_close()

    def readable(self) -> bool:
        """Whether to read."""
        return bool(self._lingers_until or super().readable())

    def writable(self) -> bool:
        """Whether to write, or to close."""
        if self._lingers_until:
            return time.monotonic() > self._lingers_until
        return bool(super().writable())

    def handle_write(self) -> None:
        """Writes, or ends the lingering."""
        if self._lingers_until:
            super().handle_close()
        else:
            super().handle_write()

    def handle_read(self) -> None:
        """Reads; what a refused client still sends is thrown away, up to a limit."""
        if not self._lingers_until:
            super().handle_read()
            return
        try:
            data = self.recv(self.adj.recv_bytes)
        except OSError:
            data = b""
        self._lingered += len(data)
        if self.connected and (not data or self._lingered > _LINGER_BYTES):
            super().handle_close()

    _was_refused = False

    def service(self) -> None:
        """Answers the next request."""
        self._was_refused = self.requests[0].error is not None
        super().service()

    def _half_close(self) -> bool:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.will_close = self.close_when_flushed = False
        self._lingers_until = time.monotonic() + _LINGER_SECONDS
        return True
