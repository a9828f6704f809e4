"""The Open Inference Protocol: /v2 and what is below it."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import Any

from flask import Response, request
from flask_restx import Api, Resource

from modelyard.errors import BadInput
from modelyard.serving.client import waiting_client
from modelyard.serving.error_body import PROTOCOL_ROOT as ROOT
from modelyard.serving.inference_protocol import answer, files, metadata, network, schema
from modelyard.serving.inference_protocol.binary_data import HEADER
from modelyard.serving.inference_protocol.quote import quoted
from modelyard.serving.inference_protocol.request import InferenceRequest, read
from modelyard.serving.inference_protocol.signature import Signature, network_of, signature_of
from modelyard.serving.served import Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State
from modelyard.serving.watch import stage

_JSON = "application/json"
_BYTES = "application/octet-stream"
# A client may send no type at all; curl -d says that it sends a form, whatever it sends.
_MEDIA_TYPES = (_JSON, _BYTES, "", "application/x-www-form-urlencoded")

_LARGE = 1_000_000


def add_to(api: Api, served: Served, settings: Settings, state: State) -> None:
    """Adds the routes, for the model by its name and by its name and version."""
    signature = signature_of(served)
    error = api.schema_model("InferenceError", schema.error())
    routes = api.namespace("v2", path=ROOT, description="Open Inference Protocol")
    # The specification's text has it without a slash, its OpenAPI file with one.
    routes.add_resource(_server(api, ""), "")
    routes.add_resource(_server(api, "_slash"), "/")
    routes.add_resource(_live(api), "/health/live")
    routes.add_resource(_ready(api, state), "/health/ready")
    reading_large = threading.Lock()
    for versioned in (False, True):
        route = "/models/<string:model>" + ("/versions/<string:version>" if versioned else "")
        path = _documented_path(served, versioned)
        suffix = "_version" if versioned else ""
        routes.add_resource(_model(api, served, signature, error, path, suffix), route)
        routes.add_resource(_model_ready(api, served, state, error, path, suffix), f"{route}/ready")
        routes.add_resource(
            _infer(api, served, signature, settings, state, reading_large, error, path, suffix), f"{route}/infer"
        )


def _server(api: Api, suffix: str) -> type[Resource]:
    class Server(Resource):
        @api.response(200, "The server.", api.schema_model("InferenceServer", schema.server()))
        @api.doc(f"v2_server{suffix}")
        def get(self) -> dict[str, Any]:
            """Name, version and extensions of the server."""
            return metadata.of_server()

    return Server


def _live(api: Api) -> type[Resource]:
    class Live(Resource):
        @api.response(200, "The server is alive.", api.schema_model("InferenceLive", schema.live()))
        @api.doc("v2_live")
        def get(self) -> dict[str, bool]:
            """Whether the server is alive."""
            return {"live": True}

    return Live


def _ready(api: Api, state: State) -> type[Resource]:
    described = api.schema_model("InferenceReady", schema.ready())

    class Ready(Resource):
        @api.response(200, "The model is loaded and warm.", described)
        @api.response(503, "The model is loading, or the container is stopping.", described)
        @api.doc("v2_ready")
        def get(self) -> tuple[dict[str, bool], int]:
            """Whether the server's model is loaded and warm."""
            return {"ready": state.ready}, 200 if state.ready else 503

    return Ready


def _model(api: Api, served: Served, signature: Signature, error: Any, path: Any, suffix: str) -> type[Resource]:
    described = metadata.of_model(served, signature)

    class Model(Resource):
        @api.response(200, "The model.", api.schema_model("InferenceModel", schema.model(served, signature)))
        @api.response(404, "No such model is here.", error)
        @api.doc(f"v2_model{suffix}", params=path)
        def get(self, model: str, version: str | None = None) -> dict[str, Any]:
            """Inputs and outputs of the model."""
            _check(served, model, version)
            return described

    return Model


def _model_ready(api: Api, served: Served, state: State, error: Any, path: Any, suffix: str) -> type[Resource]:
    described = api.schema_model("InferenceModelReady", schema.model_ready(served))

    class ModelReady(Resource):
        @api.response(200, "The model is loaded and warm.", described)
        @api.response(404, "No such model is here.", error)
        @api.response(503, "The container is stopping.", described)
        @api.doc(f"v2_model_ready{suffix}", params=path)
        def get(self, model: str, version: str | None = None) -> tuple[dict[str, Any], int]:
            """Whether the model is loaded and warm."""
            _check(served, model, version)
            return {"name": served.asset.name, "ready": state.ready}, 200 if state.ready else 503

    return ModelReady


def _infer(
    api: Api,
    served: Served,
    signature: Signature,
    settings: Settings,
    state: State,
    reading_large: threading.Lock,
    error: Any,
    path: Any,
    suffix: str,
) -> type[Resource]:
    name, version_served = served.asset.name, served.asset.version
    handle = network_of(served)
    length = {
        HEADER: {
            "in": "header",
            "type": "integer",
            "description": "Length of the JSON in bytes, where binary tensors follow it.",
        }
    }

    def run(asked: InferenceRequest) -> Any:
        caller = waiting_client(settings, state)
        if asked.way.to == "network":
            files.pipeline_parameters((), asked.parameters)
            assert handle is not None
            return network.ask(handle, asked.tensors, caller)
        given = files.pipeline_parameters(served.parameters, asked.parameters)
        (sent,) = asked.tensors.values()
        (prediction,) = asked.way.outputs
        return {prediction.name: files.ask(served, sent, given, settings, caller)}

    class Infer(Resource):
        @api.response(200, "The answer.", api.schema_model("InferenceAnswer", schema.answer(served, signature)))
        @api.response(400, "The request is malformed, or not what the model takes.", error)
        @api.response(404, "No such model is here.", error)
        @api.response(413, "The request is too large.", error)
        @api.response(415, "The Content-Type or Content-Encoding is not read here.", error)
        @api.response(503, "Too many requests wait; try again after Retry-After seconds.", error)
        @api.expect(api.schema_model("InferenceRequest", schema.request(served, signature)))
        @api.doc(
            f"v2_infer{suffix}",
            params={**path, **length},
            description=_guide(served, signature),
            produces=[_JSON, _BYTES],
        )
        def post(self, model: str, version: str | None = None) -> Response:
            """Asks the model, with encoded files or with tensors."""
            _check(served, model, version)
            body = _body()
            # What large JSON takes in memory is many times its size: one at a time. Reading it holds
            # Python's global lock anyway, so that nobody waits for longer than otherwise.
            with stage("decode"), reading_large if len(body) > _LARGE else nullcontext():
                asked = read(body, request.headers.get(HEADER), signature)
            outputs = run(asked)
            with stage("encode"):
                text, json_length = answer.encode(asked, outputs, name, version_served)
            response = Response(text, mimetype=_JSON if json_length is None else _BYTES)
            if json_length is not None:
                response.headers[HEADER] = str(json_length)
            return response

    return Infer


def _check(served: Served, model: str, version: str | None) -> None:
    asset = served.asset
    if model != asset.name:
        raise BadInput(f"there is no model {quoted(model)} here: this server has {asset.name!r}", code=404)
    if version not in (None, asset.version):
        raise BadInput(
            f"there is no version {quoted(version or '')} of {asset.name!r} here: this server has {asset.version!r}",
            code=404,
        )


def _body() -> bytes:
    coding = request.headers.get("Content-Encoding", "identity")
    if coding != "identity":
        raise BadInput(f"Content-Encoding {quoted(coding)} is not read here: send the body as it is", code=415)
    if request.mimetype not in _MEDIA_TYPES:
        raise BadInput(
            f"Content-Type {quoted(request.mimetype)} is not read here: send {_JSON}, or {_BYTES} with binary tensors "
            f"behind the JSON and its length in the header {HEADER}",
            code=415,
        )
    return request.get_data(cache=False)


def _documented_path(served: Served, versioned: bool) -> dict[str, dict[str, Any]]:
    def only(value: str, said: str) -> dict[str, Any]:
        return {"in": "path", "type": "string", "enum": [value], "default": value, "description": said}

    path = {"model": only(served.asset.name, "Name of the model: the `id` of /model/metadata.")}
    return {**path, "version": only(served.asset.version, "Version of the model.")} if versioned else path


def _guide(served: Served, signature: Signature) -> str:
    (file,) = signature.ways[0].inputs
    (prediction,) = signature.ways[0].outputs
    kind = served.task.input
    said = (
        f"**Encoded files**: the BYTES input `{file.name}`, shape [n], n up to {kind.most}, holds one file an "
        f"element ({', '.join(kind.media_types)}), as binary data or as base64 with the input's parameter "
        f'`"content_type": "base64"`. The output `{prediction.name}` holds for each what `/model/predict` '
        "answers, as JSON."
    )
    if len(signature.ways) > 1:
        names = ", ".join(f"`{spec.name}`" for spec in signature.ways[1].inputs)
        said += f"\n\n**Tensors**: {names} go straight to the network; `GET {ROOT}/models/{served.asset.name}` "
        said += "says their types and shapes."
    return said
