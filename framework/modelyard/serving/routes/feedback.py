"""POST /model/feedback: the right answer for a prediction that was wrong."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Request, Response, request
from flask_restx import Api, Resource
from werkzeug.exceptions import NotImplemented as NotOffered
from werkzeug.exceptions import RequestEntityTooLarge

from modelyard.errors import BadInput, Overloaded
from modelyard.serving import trace
from modelyard.serving.encode import to_json
from modelyard.serving.feedback import open_place
from modelyard.serving.metrics import Metrics
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings

_FIELDS = ("request_id", "input", "expected", "note")
_REQUEST_ID = re.compile(r"[0-9A-Za-z_.:-]{1,100}")
_LONGEST_NOTE = 2_000
_LONGEST_EXPECTED = 1_000_000

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["expected"],
    "properties": {
        "request_id": {
            "type": "string",
            "maxLength": 100,
            "description": "Which prediction is meant: the header X-Request-Id of its answer. "
            "This, or `input`, or both, must be there.",
            "example": "4bf92f3577b34da6a3ce929d0e0e4736",
        },
        "input": {
            "type": "string",
            "format": "byte",
            "description": "What was sent to the model, as base64.",
        },
        "expected": {
            "description": "The right answer: a label, or what /model/predict should have said. "
            f"At most {_LONGEST_EXPECTED:,} bytes of JSON.",
            "example": "tabby cat",
        },
        "note": {
            "type": "string",
            "maxLength": _LONGEST_NOTE,
            "description": "Anything that helps to understand it.",
            "example": "taken at night",
        },
    },
    "example": {
        "request_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "expected": "tabby cat",
        "note": "taken at night",
    },
}
_ANSWER = {
    "type": "object",
    "required": ["status"],
    "properties": {"status": {"type": "string", "example": "ok"}},
}


def resource(api: Api, served: Served, settings: Settings, metrics: Metrics) -> type[Resource]:
    """The route.

    Raises:
        ModelyardError: The place that the settings name for feedback can't be used.
    """
    keep = open_place(settings)
    about = {"model": served.asset.name, "version": served.asset.version, "key": served.place.key}
    error = api.models["Error"]

    class Feedback(Resource):
        @api.expect(api.schema_model("Feedback", _SCHEMA))
        @api.response(200, "It is kept.", api.schema_model("Kept", _ANSWER))
        @api.response(400, "It can't be read, or says too little.", error)
        @api.response(413, "It is too large.", error)
        @api.response(415, "The Content-Type is not application/json.", error)
        @api.response(501, "This container has no place for feedback.", error)
        @api.response(503, "It can't be kept now; try again after Retry-After seconds.", error)
        @api.doc("feedback")
        def post(self) -> Response:
            """Says what the model should have answered."""
            if keep is None:
                metrics.feedback("off")
                raise NotOffered("this container keeps no feedback: who runs it may set FEEDBACK_FILE or FEEDBACK_URL")
            try:
                said = _read(request, settings.max_body)
            except BadInput:
                metrics.feedback("refused")
                raise
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            try:
                keep(orjson.dumps({"timestamp": now, "id": trace.request_id.get(), **about, **said}) + b"\n")
            except Overloaded:
                metrics.feedback("failed")
                raise
            metrics.feedback("kept")
            return Response(to_json({"status": "ok"}), mimetype="application/json")

    return Feedback


def _read(request: Request, limit: int) -> dict[str, Any]:
    """What was said, checked; None and absent are one."""
    if request.mimetype != "application/json" or request.headers.get("Content-Encoding", "identity") != "identity":
        raise BadInput("feedback is read as JSON only: send it with Content-Type: application/json", code=415)
    try:
        given = orjson.loads(request.get_data(cache=False))
    except RequestEntityTooLarge:
        raise BadInput(f"it is larger than {limit:,} bytes: send a request_id instead of the input", code=413) from None
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is no JSON ({str(error)[:100]}): send an object with {', '.join(_FIELDS)}") from None
    if not isinstance(given, dict):
        raise BadInput(f"the JSON must be an object with {', '.join(_FIELDS)}")
    for name in given:
        if name not in _FIELDS:
            raise BadInput(f"field {name[:40]!r} is unknown: send {', '.join(_FIELDS)}")
    said = {name: given[name] for name in _FIELDS if given.get(name) is not None}
    if "expected" not in said:
        raise BadInput("'expected' is missing: say what the right answer would have been")
    if "request_id" not in said and "input" not in said:
        raise BadInput("say which prediction is meant: 'request_id' (its X-Request-Id), or 'input' as base64")
    _check_request_id(said.get("request_id", "-"))
    _check_note(said.get("note", ""))
    _check_expected(said["expected"])
    if "input" in said:
        said["input"] = _encoded(said["input"])
    return said


def _check_request_id(value: Any) -> None:
    if not isinstance(value, str) or not _REQUEST_ID.fullmatch(value):
        raise BadInput("'request_id' must be text as the header X-Request-Id of the answer has it")


def _check_note(value: Any) -> None:
    if not isinstance(value, str):
        raise BadInput("'note' must be text")
    if len(value) > _LONGEST_NOTE:
        raise BadInput(f"'note' is longer than {_LONGEST_NOTE:,} characters: shorten it", code=413)


def _check_expected(value: Any) -> None:
    try:
        size = len(orjson.dumps(value))
    except orjson.JSONEncodeError:
        raise BadInput("'expected' is nested too deeply: send a label, or what /model/predict answers with") from None
    if size > _LONGEST_EXPECTED:
        raise BadInput(f"'expected' is larger than {_LONGEST_EXPECTED:,} bytes of JSON: send less", code=413)


def _encoded(value: Any) -> str:
    """The input as base64, also where it was sent as the data URL that a browser makes of a file."""
    if not isinstance(value, str):
        raise BadInput("'input' must be text: the file as base64")
    text = value.partition(",")[2] if value.startswith("data:") else value
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("'input' is no base64: encode the bytes of the file") from None
    if not data:
        raise BadInput("'input' is empty: send the file as base64, or a request_id instead")
    return text
