"""The Flask-RESTX application: routes, documentation, request ids, errors."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import flask_restx
from flask import Flask, Response, request

from modelyard import explanations
from modelyard.serving import watch
from modelyard.serving.body import InMemoryRequest
from modelyard.serving.errors import respond
from modelyard.serving.metrics import Metrics
from modelyard.serving.routes import explain, feedback, health, inference, labels, metadata, page, predict
from modelyard.serving.routes import metrics as metrics_route
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State

_HEADER_LENGTH = "Inference-Header-Content-Length"
_EXPOSED = f"X-Request-Id, X-Model-Version, X-Image-Key, traceparent, Retry-After, {_HEADER_LENGTH}"


class Api(flask_restx.Api):  # type: ignore[misc]
    """Flask-RESTX, with errors in this server's shapes."""

    def handle_error(self, error: BaseException) -> Response:
        """The answer to a request that failed."""
        return respond(error)


def create_app(served: Served, settings: Settings, state: State | None = None) -> Flask:
    """The application that serves one asset.

    Args:
        served: The asset, loaded.
        settings: Limits and switches.
        state: Tells readiness; an application without a server is always ready.
    """
    state = state or State(ready=True)
    metrics = Metrics(served, state)
    served = replace(served, counted=metrics.counted)
    app = Flask("modelyard", static_folder=None)
    app.request_class = InMemoryRequest
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_MEMORY_SIZE=100_000,
        MAX_FORM_PARTS=100,
        RESTX_MASK_SWAGGER=False,
        ERROR_INCLUDE_MESSAGE=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    watch.install(app, metrics, state)
    asset = served.asset
    api = Api(
        app,
        version=asset.version,
        title=asset.title,
        description=asset.summary,
        license=asset.license,
        doc="/",
    )
    model = api.namespace("model", path="/model", description="Ask the model, and ask about it")
    model.add_resource(metadata.resource(api, served), "/metadata")
    model.add_resource(labels.resource(api, served), "/labels")
    model.add_resource(predict.resource(api, served, settings, state), "/predict")
    explainer = explanations.of(served.task) if settings.explain_seconds else None
    if explainer is not None:
        model.add_resource(explain.resource(api, served, explainer, settings, state), "/explain")
    model.add_resource(feedback.resource(api, served, settings, metrics), "/feedback")
    checks = api.namespace("health", path="/health", description="Is it alive, is it ready")
    checks.add_resource(health.live(api), "/live")
    checks.add_resource(health.ready(api, state), "/ready")
    inference.add_to(api, served, settings, state)
    watching = api.namespace("metrics", path="/metrics", description="What is counted and timed")
    watching.add_resource(metrics_route.resource(api, metrics), "")

    app.register_blueprint(page.blueprint(served, settings, explained=explainer is not None))
    app.register_error_handler(Exception, respond)
    app.after_request(_finish(served, settings))
    return app


def _finish(served: Served, settings: Settings) -> Any:
    version, key = served.asset.version, served.place.key

    def finish(response: Response) -> Response:
        response.headers["X-Model-Version"] = version
        response.headers["X-Image-Key"] = key
        if settings.cors_enable:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, POST")
                response.headers["Access-Control-Allow-Headers"] = f"Content-Type, traceparent, {_HEADER_LENGTH}"
        return response

    return finish
