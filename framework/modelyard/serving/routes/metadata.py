"""GET /model/metadata: what this model is, in Model Asset eXchange's shape and a little more."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from modelyard.serving.served import Served

_FIELDS = {
    "id": "name of the model and its image",
    "name": "what people call it",
    "description": "what it does",
    "type": "what kind of question it answers",
    "source": "where it comes from",
    "license": "licence of the model's code",
    "version": "version of the model",
    "task": "name of the task, which owns the form of the answer",
    "variant": "which of the model's images this is",
    "runtime": "what executes the network",
    "key": "hash of everything that went into the image",
}


def resource(api: Api, served: Served) -> type[Resource]:
    """The route."""
    asset, deployment = served.asset, served.deployment
    answer = {
        "id": asset.name,
        "name": asset.title,
        "description": asset.summary,
        "type": served.task.title,
        "source": asset.source,
        "license": asset.license,
        "version": asset.version,
        "task": asset.task,
        "variant": deployment.variant,
        "runtime": deployment.runtime,
        "key": served.place.key,
    }
    schema: dict[str, Any] = {
        "type": "object",
        "required": sorted(_FIELDS.keys() - {"license"}),
        "properties": {name: {"type": "string", "description": said} for name, said in _FIELDS.items()},
        "example": answer,
    }

    class Metadata(Resource):
        @api.response(200, "What this model is.", api.schema_model("Metadata", schema))
        @api.doc("metadata")
        def get(self) -> dict[str, str]:
            """What this model is."""
            return answer

    return Metadata
