"""Every error that the application raises, as the answer to its request."""

from __future__ import annotations

import logging

from flask import Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from modelyard.errors import BadInput, Overloaded
from modelyard.runtimes.runtime import NetworkError
from modelyard.serving import trace
from modelyard.serving.error_body import error_body

_LONGEST_MESSAGE = 500

log = logging.getLogger("modelyard")


def respond(error: BaseException) -> Response:
    """The answer to a request that failed.

    A client's fault says what to send instead. Anything unforeseen is a defect: the client gets the
    request's id, the log the traceback.
    """
    retry_after = None
    if isinstance(error, BadInput):
        code, message = error.code, str(error)
    elif isinstance(error, Overloaded):
        code, message, retry_after = 503, str(error), error.retry_after
    elif isinstance(error, NetworkError):
        code, message = 400, f"{error}: send another"
    elif isinstance(error, RequestEntityTooLarge):
        code, message = 413, "the request has too large a body, too many parts or too long a field: send a smaller one"
    elif isinstance(error, HTTPException):
        code, message = error.code or 500, _plain(error)
    else:
        log.error("the request failed", exc_info=error)
        code, message = 500, "the model failed on this input; the container's log says why, under the request id"
    body = error_body(request.path, _bounded(message), trace.request_id.get() or "-")
    response = Response(body, status=code, mimetype="application/json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
    return response


def _plain(error: HTTPException) -> str:
    if error.code == 404:
        return "there is no such address here: / lists those there are"
    if error.code == 405:
        return "this address doesn't take that method: the header Allow lists those that it takes"
    return f"{error.name}: {error.description}"


def _bounded(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "…"
