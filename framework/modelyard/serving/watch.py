"""What happens around every request: its id, its stages, its count, its line in the log.

It stands around the application, not inside it: there it sees whatever becomes of a request, and costs half as much.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from flask import Flask

from modelyard.serving import logs, trace
from modelyard.serving.connection import BEGAN, RECEIVED
from modelyard.serving.metrics import UNMATCHED, Metrics, Stopwatch
from modelyard.serving.state import State

_CHECKS = ("/health/", "/v2/health/", "/metrics")

stopwatch: ContextVar[Stopwatch] = ContextVar("stopwatch")
"""Of the request that this thread works on; its `observe` is the caller's."""


def stage(name: str) -> AbstractContextManager[None]:
    """Times a stage of the request at hand, one of `metrics.STAGES`."""
    return _Stage(name)


class _Stage:
    __slots__ = ("_began", "_name")

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_raised: object) -> None:
        stopwatch.get().observe(self._name, time.monotonic() - self._began)


def install(app: Flask, metrics: Metrics, state: State) -> None:
    """Watches an application's requests, and those that the server refuses before they reach it."""
    answer = app.wsgi_app

    def watched(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        now = time.monotonic()
        begun = trace.begin(environ.get("HTTP_TRACEPARENT"))
        watch = metrics.stopwatch()
        said = _Said()

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            said.status, said.headers = status, headers
            # Flask forgets the request before we come to count it.
            said.rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
            headers.append(("X-Request-Id", begun.request_id))
            headers.append(("traceparent", begun.traceparent))
            return start_response(status, headers, exc_info)

        request_id, stopwatch_before = trace.request_id.set(begun.request_id), stopwatch.set(watch)
        metrics.began()
        try:
            return answer(environ, start)
        finally:
            metrics.ended()
            _record(metrics, environ, said, watch, now)
            stopwatch.reset(stopwatch_before)
            trace.request_id.reset(request_id)

    def refused(code: int, request_id: str) -> None:
        metrics.refused(code)
        logs.refused(code, request_id)

    state.refused = refused
    app.wsgi_app = watched  # type: ignore[method-assign]


class _Said:
    """The answer, as the application gave it."""

    __slots__ = ("headers", "rule", "status")

    def __init__(self) -> None:
        self.status = "500"
        self.headers: list[tuple[str, str]] = []
        self.rule: Any = None


def _record(metrics: Metrics, environ: dict[str, Any], said: _Said, watch: Stopwatch, now: float) -> None:
    code = int(said.status[:3])
    received: float = environ.get(RECEIVED, now)
    seconds = time.monotonic() - received
    asked = environ.get("waitress.client_disconnected")
    left = bool(asked is not None and asked())
    route = UNMATCHED if said.rule is None else str(said.rule.rule)
    check = _is_check(route)
    if watch.seconds:
        # The model was asked: to arrive, and to wait for a thread, are stages of that too.
        watch.observe("read", received - environ.get(BEGAN, received))
        watch.observe("queue", now - received)
    metrics.answered(route, code, seconds, watch)
    if code >= 400 and not (check and code == 503):
        metrics.error(code, left)
    logs.answered(
        environ["REQUEST_METHOD"],
        environ.get("PATH_INFO", ""),
        code,
        seconds,
        bytes_in=_number(environ.get("CONTENT_LENGTH")),
        bytes_out=_number(next((value for name, value in said.headers if name == "Content-Length"), None)),
        left=left,
        quiet=check,
    )


def _is_check(route: str) -> bool:
    """Whether it is asked every few seconds by whoever watches the container: no news, and a 503 is no error."""
    return route.startswith(_CHECKS) or route.endswith("/ready")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
