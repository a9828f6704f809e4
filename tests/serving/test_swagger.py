"""The Swagger page describes exactly what is served."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

UNDOCUMENTED = ("/", "/swagger.json", "/swaggerui/", "/app")


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def swagger(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/swagger.json")
    assert answer.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = answer.get_json()
    return body


def test_every_route_is_described_and_nothing_else(app: Flask, swagger: dict[str, Any]) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule != "/" and not rule.rule.startswith(UNDOCUMENTED[1:])
    }
    described = {(path, method) for path, item in swagger["paths"].items() for method in item if method != "parameters"}

    assert described == served


def test_every_operation_says_what_it_does_and_what_it_answers(swagger: dict[str, Any]) -> None:
    for path, item in swagger["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert operation.get("summary") or operation.get("description"), path
                assert operation["responses"], path


def test_every_reference_leads_somewhere(swagger: dict[str, Any]) -> None:
    references = re.findall(r"'\$ref': '#/definitions/([^']+)'", str(swagger))

    assert set(references) <= swagger["definitions"].keys()


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("get", "/model/metadata", 200),
        ("get", "/model/labels", 200),
        ("post", "/model/predict", 200),
        ("post", "/model/predict", 400),
    ],
)
def test_answers_have_the_described_form(
    client: FlaskClient, swagger: dict[str, Any], photo: bytes, method: str, path: str, code: int
) -> None:
    sent = io.BytesIO(photo if code == 200 else b"no picture")
    options = {"data": {"image": (sent, "a.png")}} if method == "post" else {}
    answer = getattr(client, method)(path, **options)

    schema = swagger["paths"][path][method]["responses"][str(code)]["schema"]
    assert answer.status_code == code
    jsonschema.validate(answer.get_json(), {**schema, "definitions": swagger["definitions"]})


def test_the_examples_have_the_described_form(swagger: dict[str, Any]) -> None:
    for definition in swagger["definitions"].values():
        if "example" in definition:
            jsonschema.validate(definition["example"], {**definition, "definitions": swagger["definitions"]})
