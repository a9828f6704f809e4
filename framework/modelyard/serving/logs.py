"""The log: one line of JSON for each thing that happened, on standard error.

It never holds what a client sent, nor the name of a file: the request's id is what leads from an answer to its line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson

from modelyard.serving import trace
from modelyard.serving.settings import Settings

_LONGEST_MESSAGE = 2_000
_LONGEST_ERROR = 200
"""Of the message of an exception: it may quote what a client sent."""
_LONGEST_TRACE = 10_000
_LONGEST_PATH = 200
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_requests = logging.getLogger("modelyard.requests")
_defects = logging.getLogger("modelyard")


def set_up(settings: Settings) -> None:
    """Sends everything that is logged, warned of or raised in a thread to standard error, a line each.

    LOG_LEVEL may turn on our own debugging; that of libraries stays off, because it tells of what clients sent.
    """
    handler = logging.StreamHandler(sys.stderr)
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    handler.setFormatter(TextLine() if as_text else JSONLine())
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    _defects.setLevel(level)
    logging.captureWarnings(True)
    sys.excepthook = _log_exception
    threading.excepthook = _log_thread_exception


def answered(
    method: str, path: str, status: int, seconds: float, *, bytes_in: int, bytes_out: int, left: bool, quiet: bool
) -> None:
    """A request got its answer.

    Args:
        method: As the client wrote it.
        path: Without the query, as WSGI has it: a character for each byte.
        status: Of the answer.
        seconds: Since it had arrived.
        bytes_in: Length of its body.
        bytes_out: Length of the answer's.
        left: Whether its client had hung up by then.
        quiet: Whether it is of interest only while debugging.
    """
    level = logging.DEBUG if quiet else logging.INFO
    if not _requests.isEnabledFor(level):
        return
    method, path, duration = method[:16], _bounded(_decoded(path), _LONGEST_PATH), round(seconds * 1e3, 2)
    fields = {
        "method": method,
        "path": path,
        "status": status,
        "duration_ms": duration,
        "bytes_in": bytes_in,
        "bytes_out": bytes_out,
        "client_left": left,
    }
    _requests.log(level, f"{method} {path} {status} in {duration:g} ms", extra={"fields": fields})


def refused(status: int, request_id: str) -> None:
    """A request was refused before it reached the application."""
    fields = {"request_id": request_id, "status": status}
    _requests.info(f"refused with {status} before it was read whole", extra={"fields": fields})


class JSONLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "timestamp": _timestamp(record),
            "level": record.levelname.lower(),
            "message": _message(record),
            "request_id": trace.request_id.get() or None,
            **getattr(record, "fields", {}),
        }
        if record.name != "modelyard" and not record.name.startswith("modelyard."):
            line["logger"] = record.name
        if record.exc_info:
            line["exception"] = _traceback(record.exc_info[1])
        try:
            return orjson.dumps(line).decode()
        except TypeError:
            # Half of a surrogate pair, such as a file name that is no UTF-8 has.
            return json.dumps(line)


class TextLine(logging.Formatter):
    """A record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end; a traceback follows on lines of its own."""
        request_id = trace.request_id.get()
        said = _UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], _message(record))
        line = f"{_timestamp(record)} {record.levelname} {said}{f' [{request_id}]' if request_id else ''}"
        return f"{line}\n{_traceback(record.exc_info[1])}" if record.exc_info else line


def _timestamp(record: logging.LogRecord) -> str:
    """RFC 3339, in UTC."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):
        message = str(record.msg)
    return _bounded(message.strip(), _LONGEST_MESSAGE)


def _traceback(error: BaseException | None) -> str:
    """Where an exception came from; what it says is cut short."""
    if error is None:
        return ""
    told = traceback.TracebackException.from_exception(error, limit=-30, compact=True)
    lines = [_bounded(line, _LONGEST_ERROR) if not line.startswith("  ") else line for line in told.format()]
    text = "\n".join(line.rstrip("\n") for line in lines)
    return text if len(text) <= _LONGEST_TRACE else "…" + text[-_LONGEST_TRACE:]


def _decoded(path: str) -> str:
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def _bounded(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def _log_exception(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _defects.critical("this is a defect", exc_info=error)


def _log_thread_exception(arguments: threading.ExceptHookArgs) -> None:
    if not issubclass(arguments.exc_type, SystemExit):
        _defects.critical("a thread failed", exc_info=arguments.exc_value)
