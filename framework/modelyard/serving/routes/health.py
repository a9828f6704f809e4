"""GET /health/live and /health/ready: codes that mean what they say."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_restx import Api, Resource

from modelyard.serving.encode import to_json
from modelyard.serving.state import State


def live(api: Api) -> type[Resource]:
    """Liveness: 200 while the server answers at all."""

    class Live(Resource):
        @api.response(200, "The server is alive.")
        @api.doc("live")
        def get(self) -> dict[str, str]:
            """Whether the server is alive."""
            return {"status": "ok"}

    return Live


def ready(api: Api, state: State) -> type[Resource]:
    """Readiness: 200 after the model is loaded and warm, 503 before that and while the container stops."""

    class Ready(Resource):
        @api.response(200, "The model is loaded and warm.")
        @api.response(503, "The model is loading, or the container is stopping.")
        @api.doc("ready")
        def get(self) -> Response:
            """Whether the model is loaded and warm."""
            body: dict[str, Any] = {"status": "ok", "ready_after_seconds": round(state.ready_after, 3)}
            if not state.ready:
                body = {"status": "error", "message": "not ready: loading or stopping"}
            return Response(to_json(body), status=200 if state.ready else 503, mimetype="application/json")

    return Ready
