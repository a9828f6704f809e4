"""Which changes of an API break a client that was written against it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.checking.openapi import Change, contract, differences

NAMES = st.sampled_from(["label", "probability", "title", "items", "box"])
SCALARS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])}, optional={"minimum": st.integers(0, 3), "maximum": st.just(9)}
    ),
    st.fixed_dictionaries({"type": st.just("string")}, optional={"enum": st.lists(NAMES, min_size=1, unique=True)}),
    st.just({"$ref": "#/definitions/Answer"}),
)


def objects(children: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    fields = st.dictionaries(NAMES, children, max_size=3)
    return st.tuples(fields, st.lists(NAMES, max_size=2)).map(
        lambda pair: {"type": "object", "properties": pair[0], "required": sorted(set(pair[1]) & pair[0].keys())}
    )


SCHEMAS = st.recursive(
    SCALARS,
    lambda children: st.one_of(
        objects(children), children.map(lambda one: {"type": "array", "items": one}),
        children.map(lambda one: {"allOf": [{"$ref": "#/definitions/Answer"}, one]}),
    ),
    max_leaves=6,
)  # fmt: skip
PARAMETERS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "in": st.sampled_from(["query", "formData"]), "type": st.sampled_from(["integer", "string"])},
        optional={"required": st.booleans(), "default": st.integers(0, 5)},
    ),
    max_size=3,
    unique_by=lambda one: (one["name"], one["in"]),
)
OPERATIONS = st.fixed_dictionaries(
    {"parameters": PARAMETERS, "responses": st.fixed_dictionaries({"200": st.fixed_dictionaries({"schema": SCHEMAS})})}
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "paths": st.dictionaries(
            st.sampled_from(["/model/predict", "/model/labels"]),
            st.dictionaries(st.sampled_from(["get", "post"]), OPERATIONS, min_size=1),
            min_size=1,
        ),
        "definitions": st.fixed_dictionaries({"Answer": objects(SCALARS)}),
    }
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just("#/definitions/Answer")),
    lambda children: st.one_of(
        st.lists(children, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["paths", "/", "get", "parameters", "responses", "200", "schema", "$ref", "allOf", "properties", "enum",
                 "required", "items", "type", "definitions", "Answer", "minimum", "in", "name", "security", "consumes"]
            ),
            children, max_size=4,
        ),
    ),
    max_leaves=30,
)  # fmt: skip


@given(DOCUMENTS)
def test_an_api_is_no_different_from_itself(document: dict[str, Any]) -> None:
    assert differences(document, copy.deepcopy(document)) == []


@given(DOCUMENTS)
def test_prose_is_no_part_of_the_contract(document: dict[str, Any]) -> None:
    other = copy.deepcopy(document) | {"info": {"title": "Another", "version": "9.9.9"}}
    for operations in other["paths"].values():
        for operation in operations.values():
            operation["description"] = operation["responses"]["200"]["description"] = "Other words."
            operation["responses"]["200"]["schema"]["example"] = {"key": "0123"}

    assert contract(other) == contract(document)
    assert differences(document, other) == []


@given(DOCUMENTS, st.data())
def test_whatever_is_taken_away_breaks_and_whatever_is_given_back_does_not(
    document: dict[str, Any], data: st.DataObject
) -> None:
    less = copy.deepcopy(document)
    path = data.draw(st.sampled_from(sorted(less["paths"])))
    method = data.draw(st.sampled_from(sorted(less["paths"][path])))
    operation = less["paths"][path][method]
    fields = operation["responses"]["200"]["schema"].get("properties", {})
    kinds = ["path", "method", *(["parameter"] if operation["parameters"] else []), *(["field"] if fields else [])]
    match data.draw(st.sampled_from(kinds)):
        case "path":
            del less["paths"][path]
        case "method":
            del less["paths"][path][method]
        case "parameter":
            operation["parameters"][0]["required"] = False
            document["paths"][path][method]["parameters"][0]["required"] = False
            operation["parameters"].pop(0)
        case "field":
            schema = operation["responses"]["200"]["schema"]
            del fields[sorted(fields)[0]]
            schema["required"] = sorted(set(schema["required"]) & fields.keys())

    assert any(change.breaking for change in differences(document, less))
    assert not any(change.breaking for change in differences(less, document))


@given(JSON, JSON)
def test_a_document_of_any_form_is_compared_without_an_accident(before: Any, after: Any) -> None:
    tables = [one if isinstance(one, dict) else {"paths": one} for one in (before, after)]
    assert all(isinstance(change, Change) for change in differences(tables[0], tables[1]))
    contract(before)


def test_forms_that_contain_themselves_end() -> None:
    knot = {"allOf": [{"$ref": "#/definitions/Knot"}] * 3, "properties": {"again": {"$ref": "#/definitions/Knot"}}}
    document = {"paths": {"/": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/Knot"}}}}}}}
    other = copy.deepcopy(knot) | {"properties": {}}
    before, after = ({**document, "definitions": {"Knot": one}} for one in (knot, other))

    assert [str(change) for change in differences(before, after)] == ["GET /, answer 200, field again: is gone"]


def api(parameter: dict[str, Any] | None = None, answer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    parameters = [] if parameter is None else [{"name": "top", "in": "query", "type": "integer", **parameter}]
    operation = {"parameters": parameters, "responses": {"200": {"schema": answer or {}}}, **more}
    return {"paths": {"/model/predict": {"post": operation}}}


def answer(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


NUMBER, TEXT = {"type": "number"}, {"type": "string"}


@pytest.mark.parametrize(
    ("before", "after", "said", "breaking"),
    [
        (api(None), api({}), "parameter top: is new", False),
        (api(None), api({"required": True}), "parameter top: is new, and required", True),
        (api({}), api({"required": True}), "parameter top: is required now", True),
        (api({"required": True}), api({}), "parameter top: is optional now", False),
        (api({"default": 5}), api({"default": 3}), "parameter top: default 5 → 3", True),
        (api({}), api({"default": 3}), "parameter top: default none → 3", False),
        (api({"maximum": 9}), api({"maximum": 5}), "parameter top: maximum 9 → 5", True),
        (api({"maximum": 5}), api({"maximum": 9}), "parameter top: maximum 5 → 9", False),
        (api({}), api({"minimum": 1}), "parameter top: minimum none → 1", True),
        (api({"minimum": 1}), api({}), "parameter top: minimum 1 → none", False),
        (api({"type": "number"}), api({}), "parameter top: type number → integer", True),
        (api({}), api({"type": "number"}), "parameter top: type integer → number", False),
        (api({"enum": [1, 2]}), api({"enum": [1]}), "parameter top: no longer takes 2", True),
        (api({}), api({"enum": [1]}), "parameter top: takes only 1 now", True),
        (api({"enum": [1]}), api({"enum": [1, 2]}), "parameter top: may be 2 too", False),
        (api(answer=answer(a=TEXT)), api(answer=answer()), "answer 200, field a: is gone", True),
        (api(answer=answer()), api(answer=answer(a=TEXT)), "answer 200, field a: is new", False),
        (api(answer=answer("a", a=TEXT)), api(answer=answer(a=TEXT)), "answer 200, field a: is optional now", True),
        (api(answer=answer(a=NUMBER)), api(answer=answer(a=TEXT)), "field a: type number → string", True),
        (api(answer=answer(a=NUMBER)), api(answer=answer(a={"type": "integer"})), "type number → integer", False),
        (api(answer=answer(a={"type": "integer"})), api(answer=answer(a=NUMBER)), "type integer → number", True),
        (api(produces=["image/png", "a/b"]), api(produces=["a/b"]), "response no longer in image/png", True),
        (api(), api(security=[{"key": []}]), "needs authorization now", True),
        (api(), {"paths": {}}, "POST /model/predict: is gone", True),
        ({"basePath": "/"}, {"basePath": "/v2"}, "basePath: / → /v2", True),
    ],
)
def test_a_change_is_named_and_judged(before: dict[str, Any], after: dict[str, Any], said: str, breaking: bool) -> None:
    (change,) = differences(before, after)

    assert str(change).endswith(said)
    assert change.breaking is breaking


def test_what_a_client_sends_is_judged_the_other_way_round_from_what_it_gets() -> None:
    def body(schema: dict[str, Any]) -> dict[str, Any]:
        return {"paths": {"/x": {"post": {"parameters": [{"in": "body", "name": "payload", "schema": schema}]}}}}

    more_to_send = differences(body(answer(a=TEXT)), body(answer("a", a=TEXT)))
    less_to_send = differences(body(answer("a", a=TEXT)), body(answer(a=TEXT)))

    assert [(str(one), one.breaking) for one in more_to_send] == [("POST /x, body, field a: is required now", True)]
    assert [(str(one), one.breaking) for one in less_to_send] == [("POST /x, body, field a: is optional now", False)]


def test_an_address_that_names_the_version_changes_with_it() -> None:
    first, second = ({"info": {"version": one}, **api({"type": "string", "enum": [one]})} for one in ("1.0.0", "1.0.1"))

    assert not differences(first, second)
    assert differences(first, {**second, "info": {"version": "1.0.2"}})
