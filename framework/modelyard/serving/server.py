"""The HTTP server: waitress, which reads requests whole on one thread and answers them on others.

The port opens before the model is loaded, so that liveness and readiness can be told apart from
the first moment. On SIGTERM readiness goes, what was begun is answered, and the process ends.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.server import TcpWSGIServer

from modelyard.errors import ModelyardError
from modelyard.serving import trace
from modelyard.serving.connection import Connection
from modelyard.serving.encode import to_json
from modelyard.serving.error_body import error_body
from modelyard.serving.lanes import Lanes
from modelyard.serving.settings import Settings
from modelyard.serving.state import State

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_THREADS_BEYOND_CORES = 2
_MOST_CONNECTIONS = 2_000
_MOST_BODIES = 16
"""Request bodies of the largest size that may be in memory at once."""
_KEEP_ALIVE_SECONDS = 120
_LOOK_SECONDS = 0.5

log = logging.getLogger("modelyard")


class Server(TcpWSGIServer):  # type: ignore[misc]
    """waitress with this project's connections, lanes and deadlines."""

    channel_class = Connection
    stopping = False
    held = 0
    """Bytes of request bodies in memory, counted up as they arrive and set right once a second."""

    def __init__(self, settings: Settings, lanes: Lanes, state: State) -> None:
        self.state = state
        self.body_timeout = settings.body_timeout
        self.most_held = _MOST_BODIES * settings.max_body
        super().__init__(
            _loading,
            dispatcher=lanes,
            host=settings.host,
            port=settings.port,
            ident=None,
            connection_limit=_MOST_CONNECTIONS,
            backlog=_MOST_CONNECTIONS,
            channel_timeout=_KEEP_ALIVE_SECONDS,
            cleanup_interval=1,
            recv_bytes=65_536,
            # One look ahead is what tells that a client hung up while its answer is being made.
            channel_request_lookahead=1,
            max_request_body_size=settings.max_body + 1,
            # The root file system may be read-only: bodies stay in memory, within their limit.
            inbuf_overflow=settings.max_body + 1,
            outbuf_overflow=2_000_000_000,
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=True,
        )

    def maintenance(self, now: float) -> None:
        """Once a second: closes what is idle, and refuses what arrives too slowly."""
        super().maintenance(now)
        held = 0
        for connection in list(self.active_channels.values()):
            held += connection.held()
            if connection.overdue(time.monotonic(), self.body_timeout):
                connection.refuse(408)
        self.held = held

    def turn(self) -> None:
        """One round of reading and writing."""
        wasyncore.loop(timeout=_LOOK_SECONDS, map=self._map, use_poll=True, count=1)

    def drain(self, since: float, seconds: float) -> int:
        """Answers what was begun before a moment, for so long at most.

        Returns:
            Requests that are left unanswered.
        """
        self.stopping = True
        deadline = time.monotonic() + seconds
        while (left := self._unanswered(since)) and time.monotonic() < deadline:
            self.turn()
        return left

    def end(self) -> None:
        """Closes everything."""
        self.task_dispatcher.shutdown(timeout=0.1)
        wasyncore.close_all(self._map)

    def _unanswered(self, since: float) -> int:
        return sum(connection.unanswered(since) for connection in list(self.active_channels.values()))


def serve(make_app: Callable[[State, Lanes], WSGI], settings: Settings) -> int:
    """Serves until the process is told to stop.

    Args:
        make_app: Loads the model and gives the application; runs while the port is open already.
        settings: Where to listen, and the limits.

    Returns:
        The exit code: 0 after SIGTERM or SIGINT, 1 where the model can't be loaded.

    Raises:
        ModelyardError: The address is taken.
    """
    state = State()
    lanes = Lanes(settings.queue, settings.cores + _THREADS_BEYOND_CORES)
    state.waiting = lambda: lanes.waiting
    try:
        server = Server(settings, lanes, state)
    except OSError as error:
        raise ModelyardError(
            f"port {settings.port} on {settings.host} can't be listened on ({error.strerror}): set PORT to a free one"
        ) from None
    stop = threading.Event()
    failed = threading.Event()

    def load() -> None:
        try:
            server.application = make_app(state, lanes)
            state.become_ready()
            log.info("ready after %.2f s on port %s", state.ready_after, settings.port)
        except ModelyardError as error:
            log.error("%s", error)
            failed.set()
        except Exception:
            log.exception("the model can't be loaded")
            failed.set()
        server.pull_trigger()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        state.stop()
        stop.set()
        server.pull_trigger()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    threading.Thread(target=load, name="load", daemon=True).start()
    while not (stop.is_set() or failed.is_set()):
        server.turn()
    if stop.is_set():
        left = server.drain(state.stopped_at, settings.stop_timeout)
        if left:
            log.warning("stopped with %d requests unanswered after %g s", left, settings.stop_timeout)
    server.end()
    return 1 if failed.is_set() else 0


def _loading(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What the port says before the model is loaded."""
    begun = trace.begin(environ.get("HTTP_TRACEPARENT"))
    headers = [("Content-Type", "application/json"), ("X-Request-Id", begun.request_id)]
    if environ["PATH_INFO"] in ("/health/live", "/v2/health/live"):
        start_response("200 OK", headers)
        return [to_json({"status": "ok"})]
    start_response("503 Service Unavailable", [*headers, ("Retry-After", "1")])
    return [error_body(environ["PATH_INFO"], "the model is being loaded: try again in a moment", begun.request_id)]
