"""The page of the routes that every container has, as its own Swagger document describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from modelyard import tasks
from modelyard.catalog.reference.markdown import document
from modelyard.catalog.tables import table
from modelyard.manifest.asset import ServedAsset
from modelyard.pipeline import Pipeline
from modelyard.serving.app import create_app
from modelyard.serving.served import Deployment, Place, Served
from modelyard.serving.settings import Settings

_TASK = "image-classification"
_NAME = "any-model"
_OF_THE_TASK = "Prediction"


class _Nothing(Pipeline[Any, Any]):
    """A pipeline that is described and never asked."""

    def load(self, weights: Path) -> None:
        self.model = SimpleNamespace(inputs=(), outputs=(), waiting=0)

    def preprocess(self, sent: Any) -> Any:
        raise NotImplementedError

    def postprocess(self, tensors: Any, sent: Any) -> Any:
        raise NotImplementedError


def page() -> str:
    """Every route, what it takes and what it answers."""
    described = _swagger()
    return document(
        "# The API",
        f"What every container answers over HTTP. It is shown for a model called `{_NAME}` that takes pictures "
        f"(`{_TASK}`): another task has another field, and another answer, which [tasks.md](tasks.md) describes; a "
        "pipeline may add parameters of its own. Each container has its own description at `/swagger.json`, and shows "
        "it, to try, at `/`. [../server.md](../server.md) says what clients get that are slow or greedy, and which "
        "headers each answer has.",
        *_routes(described),
        "## Bodies",
        "JSON objects, with these fields.",
        *_bodies(described),
    )


def _swagger() -> Mapping[str, Any]:
    asset = ServedAsset.model_validate(
        {
            "name": _NAME, "version": "1.0.0", "title": "Any model", "summary": "Any model.", "task": _TASK,
            "license": "Apache-2.0", "source": "nowhere", "pipeline": "pipeline:Any", "variants": {"cpu": "litert"},
            "weights": [],
            "samples": [{"input": "a.png", "expected": "a.json", "license": "CC0-1.0", "origin": "nowhere"}],
        }
    )  # fmt: skip
    runtime: Any = SimpleNamespace(name="litert", version="0")
    pipeline = _Nothing(runtime, ())
    pipeline.load(Path())
    served = Served(
        place=Place(Path(), Path(), Path(), "local"),
        deployment=Deployment(asset=asset, variant="cpu", runtime="litert"),
        task=tasks.load(_TASK), pipeline=pipeline, parameters=(), labels=(),
    )  # fmt: skip
    client = create_app(served, Settings()).test_client()
    described: Mapping[str, Any] = client.get("/swagger.json").get_json()
    return described


def _routes(described: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in sorted(described["paths"].items()):
        if path.endswith("/"):
            continue  # the same as without
        for method, route in sorted(methods.items()):
            yield f"## `{method.upper()} {path}`"
            yield f"{route['summary']}."
            if "description" in route:
                yield route["description"]
            sent = [*methods.get("parameters", ()), *route.get("parameters", ())]
            if sent:
                yield table(("Send", "As", "Type", "Meaning"), map(_sent, sent))
            answers = sorted(route["responses"].items())
            rows = [(f"`{code}`", _said(answer), _body(answer.get("schema"))) for code, answer in answers]
            yield table(("Answer", "Meaning", "Body"), rows)


def _sent(parameter: Mapping[str, Any]) -> tuple[str, str, str, str]:
    place = {"formData": "field of a form", "body": "the body"}.get(parameter["in"], parameter["in"])
    kind = _body(parameter["schema"]) if "schema" in parameter else parameter.get("type", "")
    name = f"`{parameter['name']}`" + ("" if parameter.get("required") else ", if wanted")
    return name, place, kind, parameter.get("description", "")


def _said(answer: Mapping[str, Any]) -> str:
    return str(answer.get("description", ""))


def _body(schema: Mapping[str, Any] | None) -> str:
    if schema is None or "$ref" not in schema:
        return ""
    name = str(schema["$ref"]).rpartition("/")[2]
    return f"[{name}](tasks.md#{_TASK})" if name == _OF_THE_TASK else f"[{name}](#{name.lower()})"


def _bodies(described: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in sorted(described["definitions"].items()):
        if name == _OF_THE_TASK:
            continue
        required = schema.get("required", ())
        fields = schema.get("properties", {}).items()
        rows = [
            (f"`{field}`", _kind(said), "yes" if field in required else "no", said.get("description", ""))
            for field, said in fields
        ]
        yield f"### {name}"
        yield table(("Field", "Type", "Always there", "Meaning"), rows)


def _kind(said: Mapping[str, Any]) -> str:
    if "$ref" in said:
        return str(said["$ref"]).rpartition("/")[2]
    kind = said.get("type", "any")
    return f"list of {_kind(said['items'])}" if kind == "array" and "items" in said else str(kind)
