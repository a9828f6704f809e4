"""GET /model/labels: the names of the class ids in answers."""

from __future__ import annotations

from typing import Any

from flask_restx import Api, Resource

from modelyard.serving.served import Served


def resource(api: Api, served: Served) -> type[Resource]:
    """The route; the list is empty where a model knows no classes."""
    answer = {
        "status": "ok",
        "count": len(served.labels),
        "labels": [{"id": str(number), "name": name} for number, name in enumerate(served.labels)],
    }
    schema: dict[str, Any] = {
        "type": "object",
        "required": ["status", "count", "labels"],
        "properties": {
            "status": {"type": "string", "example": "ok"},
            "count": {"type": "integer", "example": len(served.labels)},
            "labels": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "name"],
                    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                },
                "example": answer["labels"][:3] if isinstance(answer["labels"], list) else [],
            },
        },
    }

    class Labels(Resource):
        @api.response(200, "The classes.", api.schema_model("Labels", schema))
        @api.doc("labels")
        def get(self) -> dict[str, Any]:
            """The names of the class ids in answers."""
            return answer

    return Labels
