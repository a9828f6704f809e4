"""Errors in the shape that the protocol wants: {"error": …}."""

from __future__ import annotations

import orjson
from flask import Response, request

from modelyard.serving import errors
from modelyard.serving.encode import to_json

ROOT = "/v2"


def respond(error: BaseException) -> Response:
    """The answer to a request that failed: the server's own, below the protocol's root in the protocol's shape."""
    response = errors.respond(error)
    if request.path == ROOT or request.path.startswith(f"{ROOT}/"):
        response.set_data(to_json({"error": orjson.loads(response.get_data())["message"]}))
    return response
