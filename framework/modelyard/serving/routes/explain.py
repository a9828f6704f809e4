"""POST /model/explain: why the model answers as it does."""

from __future__ import annotations

import base64
import io
import threading
from typing import TYPE_CHECKING, Annotated, Any

import PIL.Image
from flask import Response, request
from flask_restx import Api, Resource

from modelyard.errors import BadInput, Overloaded
from modelyard.explanations import Explainer
from modelyard.explanations.explanation import FEWEST_QUERIES, Wanted
from modelyard.parameters import Parameter, parameters_of, parse_parameters
from modelyard.serving.body import read
from modelyard.serving.client import waiting_client
from modelyard.serving.encode import to_json
from modelyard.serving.routes.predict import documented_input
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State

if TYPE_CHECKING:
    from modelyard.explanations.explain import Explained

_JSON, _PNG = "application/json", "image/png"
_MOST_THREADS = 4
_MOST_INPUTS = 1


def _wanted(
    *,
    target: Annotated[
        str, Parameter("What to explain, such as a class by its name or id; what the answer says first if left out.")
    ] = "",
    queries: Annotated[
        int,
        Parameter("How many changed copies of the input to ask about at most: more are surer.", FEWEST_QUERIES, 2_000),
    ] = Wanted.queries,
    seed: Annotated[
        int, Parameter("What chance begins with: the same request gets the same explanation.", 0, 1_000_000)
    ] = Wanted.seed,
) -> Wanted:
    """The route's own parameters, beside the pipeline's."""
    return Wanted(target, queries, seed)


PARAMETERS = parameters_of(_wanted)


def resource(api: Api, served: Served, explainer: Explainer, settings: Settings, state: State) -> type[Resource]:
    """The route, for a task whose answers can be explained.

    One explanation is made at a time, with a few queries at once, so that predictions go on beside it.
    """
    kind = served.task.input
    own = {one.name for one in PARAMETERS}
    parameters = [one for one in served.parameters if one.name not in own]
    documented: dict[str, dict[str, Any]] = {kind.field: documented_input(kind, several=False)}
    for parameter in (*PARAMETERS, *parameters):
        documented[parameter.name] = {"in": "query", **parameter.schema()}
    threads = min(_MOST_THREADS, settings.cores)
    alone = threading.Lock()
    error = api.models["Error"]

    class Explain(Resource):
        @api.response(200, "What counted.", api.schema_model("Explanation", _schema(explainer)))
        @api.response(400, "The input can't be read, or there is no such target in its answer.", error)
        @api.response(413, "The input is too large, or takes too long.", error)
        @api.response(415, "The Content-Type is not read here.", error)
        @api.response(503, "Another explanation is being made, or too many requests wait: try again later.", error)
        @api.doc(
            "explain",
            params=documented,
            consumes=["multipart/form-data", _JSON, *kind.media_types],
            produces=[_JSON, _PNG],
        )
        def post(self) -> Response:
            """Explains the model's answer: what of the input it depends on."""
            # A container that nobody asks for explanations is ready sooner without.
            from modelyard.explanations.explain import Bound, explain

            caller = waiting_client(settings, state)
            asked = read(request, kind, settings.max_body)
            if asked.several or len(asked.inputs) > _MOST_INPUTS:
                raise BadInput("an explanation takes one input: send them one by one")
            given = parse_parameters(parameters, asked.fields)
            wanted = _wanted(**parse_parameters(PARAMETERS, asked.fields))
            if not alone.acquire(blocking=False):
                raise Overloaded("another explanation is being made: try again in a moment", _retry(settings))
            try:
                sent = kind.parse(asked.inputs[0], settings.bounds)
                bound = Bound(settings.explain_seconds, threads)
                found = explain(served.pipeline, served.task, explainer, sent, given, wanted, bound, caller)
            finally:
                alone.release()
            picture = _png(found.explanation.picture)
            if request.accept_mimetypes.best_match([_JSON, _PNG], _JSON) == _PNG:
                return Response(picture, mimetype=_PNG)
            return Response(to_json(_body(found, picture)), mimetype=_JSON)

    return Explain


def _retry(settings: Settings) -> int:
    return max(1, settings.explain_seconds // 2)


def _body(found: Explained, picture: bytes) -> dict[str, Any]:
    return {
        "status": "ok",
        "target": found.target,
        "score": found.score,
        "method": found.explanation.method,
        "queries": found.queries,
        "summary": list(found.explanation.summary),
        "complete": found.complete,
        **found.explanation.body,
        "picture": base64.b64encode(picture).decode(),
    }


def _png(picture: PIL.Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _schema(explainer: Explainer) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "status": {"type": "string", "example": "ok"},
        "target": {"type": "string", "description": "What is explained.", "example": "beagle"},
        "score": {
            "type": "number",
            "description": "How much the whole input's answer says so, 0 to 1.",
            "example": 0.8,
        },
        "method": {"type": "string", "description": "How it was found out.", "example": "RISE"},
        "queries": {"type": "integer", "description": "How many changed copies were asked.", "example": 256},
        "complete": {"type": "boolean", "description": "Whether there was time for all of them.", "example": True},
        "summary": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What counts most, in words.",
            "example": ["middle, centre: 42%"],
        },
        **explainer.schema,
        "picture": {"type": "string", "format": "byte", "description": "What counted, drawn on the input: a PNG."},
    }
    return {"type": "object", "required": list(properties), "properties": properties}
