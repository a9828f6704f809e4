"""POST /model/predict: inputs in, answers out."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, request
from flask_restx import Api, Resource

from modelyard.errors import BadInput
from modelyard.parameters import parse_parameters
from modelyard.serving.body import read
from modelyard.serving.client import waiting_client
from modelyard.serving.encode import to_json
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State
from modelyard.serving.watch import stage
from modelyard.tasks.task import AnswerFile, Sent

_JSON = "application/json"


def resource(api: Api, served: Served, settings: Settings, state: State) -> type[Resource]:
    """The route, documented from the task's types and the pipeline's parameters."""
    kind, file = served.task.input, served.task.file
    answer_schema: dict[str, Any] = {
        "type": "object",
        "required": ["status", *served.task.schema],
        "properties": {"status": {"type": "string", "example": "ok"}, **served.task.schema},
    }
    error = api.schema_model(
        "Error",
        {
            "type": "object",
            "required": ["status", "message", "request_id"],
            "properties": {
                "status": {"type": "string", "example": "error"},
                "message": {"type": "string", "description": "what is wrong and what to send instead"},
                "request_id": {"type": "string", "description": "the id under which the log names the request"},
            },
        },
    )
    documented: dict[str, dict[str, Any]] = {kind.field: documented_input(kind)}
    for parameter in served.parameters:
        documented[parameter.name] = {"in": "query", **parameter.schema()}

    class Predict(Resource):
        @api.response(200, "The answer.", api.schema_model("Prediction", answer_schema))
        @api.response(400, "The input can't be read.", error)
        @api.response(413, "The input is too large.", error)
        @api.response(415, "The Content-Type is not read here.", error)
        @api.response(503, "Too many requests wait; try again after Retry-After seconds.", error)
        @api.doc(
            "predict",
            params=documented,
            consumes=["multipart/form-data", _JSON, *kind.media_types],
            **({"produces": [file.media_type, _JSON]} if file else {}),
        )
        def post(self) -> Response:
            """Asks the model."""
            caller = waiting_client(settings, state)
            with stage("read"):
                asked = read(request, kind, settings.max_body)
            parameters = parse_parameters(served.parameters, asked.fields)
            answers = []
            for number, data in enumerate(asked.inputs, 1):
                try:
                    answers.append(served.answer(data, parameters, settings, caller))
                except BadInput as error:
                    if not asked.several:
                        raise
                    raise BadInput(f"input {number} of {len(asked.inputs)}: {error}", error.code) from None
            with stage("encode"):
                if file and not asked.several and _wants_file(file):
                    return Response(base64.b64decode(answers[0][file.field]), mimetype=file.media_type)
                body = {"status": "ok", **(served.task.join(answers) if asked.several else answers[0])}
                return Response(to_json(body), mimetype=_JSON)

    return Predict


def documented_input(kind: type[Sent], *, several: bool = True) -> dict[str, Any]:
    """The input as a Swagger 2.0 parameter object.

    Args:
        kind: What is sent.
        several: Whether a request may hold several of them.
    """
    if kind.written:
        bodies = ", ".join(one for one in kind.media_types if one != _JSON)
        return {
            "in": "formData",
            "type": "string",
            "required": True,
            "description": (
                f"The {kind.field}. It may also be sent as the body itself ({bodies}), or in the "
                f"field {kind.field!r} of a JSON object{', where a list of them gets a list of answers' * several}."
            ),
        }
    return {
        "in": "formData",
        "type": "file",
        "required": True,
        "description": (
            f"The file: {', '.join(kind.media_types)}. It may also be sent as the body itself, or as base64 in the "
            f"field {kind.field!r} of a JSON object."
            + " Several files, or a list in the JSON, get a list of answers in `answers`."
            * several
        ),
    }


def _wants_file(file: AnswerFile) -> bool:
    offered = [file.media_type, _JSON] if file.usual else [_JSON, file.media_type]
    return request.accept_mimetypes.best_match(offered, offered[0]) == file.media_type
