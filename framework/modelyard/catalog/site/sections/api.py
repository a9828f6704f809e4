"""An image's API as tables, from its own description in OpenAPI 2.0 (Swagger).

It was written by the image, and so it is hostile until parsed: what has another form is left out, what is long
is cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_ROUTES, _ENTRIES, _FIELDS, _DEPTH, _LONGEST = 100, 50, 60, 4, 600


@dataclass(frozen=True)
class Field:
    """A parameter of a request, or a field of an answer.

    Attributes:
        name: Its name; of a field in another, with the names that lead to it.
        kind: What it holds, and within which bounds.
        said: What it means.
        where: Where a parameter stands; empty for fields.
        required: Whether it must be there.
    """

    name: str
    kind: str
    said: str
    where: str = ""
    required: bool = False


@dataclass(frozen=True)
class Reply:
    """An answer that a route may give.

    Attributes:
        code: HTTP's.
        said: When it is given.
        form: The name of its form; empty where it has none.
        fields: What it holds.
    """

    code: str
    said: str
    form: str
    fields: Sequence[Field]


@dataclass(frozen=True)
class Route:
    """A method of a path.

    Attributes:
        method: In capitals.
        path: Such as `/model/predict`.
        said: What it does.
        takes: The kinds of body that it reads.
        gives: The kinds of body that it answers with.
        parameters: What is sent.
        replies: What may come back.
    """

    method: str
    path: str
    said: str
    takes: Sequence[str]
    gives: Sequence[str]
    parameters: Sequence[Field]
    replies: Sequence[Reply]


@dataclass(frozen=True)
class Api:
    """An image's API.

    Attributes:
        routes: Its routes; those that ask the model first.
    """

    routes: Sequence[Route]


def parse(content: bytes | None) -> Api | None:
    """The API of a description; None where there is none, or one of another form."""
    try:
        document = json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        return None
    found = [route for path, item in _mapping(document["paths"], _ROUTES) for route in _routes(document, path, item)]
    return Api(sorted(found, key=lambda one: (not one.path.startswith("/model"), one.path != "/model/predict")))


def _routes(document: Mapping[str, Any], path: str, item: Any) -> Iterator[Route]:
    shared = _list(item.get("parameters")) if isinstance(item, dict) else []
    for method, operation in _mapping(item, _ENTRIES):
        if method in _METHODS and isinstance(operation, dict):
            yield Route(
                method=method.upper(),
                path=path,
                said=_text(operation.get("summary") or operation.get("description")),
                takes=[_text(one) for one in _list(operation.get("consumes"))],
                gives=[_text(one) for one in _list(operation.get("produces") or document.get("produces"))],
                parameters=[
                    one
                    for given in [*shared, *_list(operation.get("parameters"))]
                    for one in _parameter(document, given)
                ],
                replies=[
                    _reply(document, code, one) for code, one in sorted(_mapping(operation.get("responses"), _ENTRIES))
                ],
            )


def _responses(operation: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(_mapping(operation.get("responses"), _ENTRIES), key=lambda one: one[0])


def _parameter(document: Mapping[str, Any], given: Any) -> Iterator[Field]:
    if not isinstance(given, dict):
        return
    where = _text(given.get("in"))
    if where == "body":
        yield from _fields(document, given.get("schema"), where)
    elif where != "header" or given.get("name") != "X-Fields":
        kind, said = _kind(given), _text(given.get("description"))
        yield Field(_text(given.get("name")), kind, said, where, given.get("required") is True)


def _reply(document: Mapping[str, Any], code: str, given: Any) -> Reply:
    schema = given.get("schema") if isinstance(given, dict) else None
    said = _text(given.get("description")) if isinstance(given, dict) else ""
    form = _text(schema.get("$ref")).rpartition("/")[2] if isinstance(schema, dict) else ""
    return Reply(code, said, form, list(_fields(document, schema)))


def _fields(document: Mapping[str, Any], schema: Any, where: str = "") -> list[Field]:
    """What a form holds, those of forms in it below it."""
    found: list[Field] = []

    def walk(given: Any, path: str, depth: int) -> None:
        form = _resolved(document, given)
        if depth > _DEPTH or len(found) >= _FIELDS:
            return
        if form.get("type") == "array":
            walk(form.get("items"), f"{path}[]", depth + 1)
            return
        required = {one for one in _list(form.get("required")) if isinstance(one, str)}
        for name, part in _mapping(form.get("properties"), _ENTRIES):
            if len(found) >= _FIELDS:
                return
            own = _resolved(document, part)
            at = f"{path}.{name}" if path else name
            found.append(Field(at, _kind(own), _text(own.get("description")), where, name in required))
            walk(own, at, depth + 1)

    walk(schema, "", 0)
    return found


def _resolved(document: Mapping[str, Any], given: Any) -> dict[str, Any]:
    for _ in range(_DEPTH):
        reference = given.get("$ref") if isinstance(given, dict) else None
        if not isinstance(reference, str):
            break
        definitions = document.get("definitions")
        given = definitions.get(reference.rpartition("/")[2]) if isinstance(definitions, dict) else None
    return given if isinstance(given, dict) else {}


def _kind(given: Mapping[str, Any]) -> str:
    """What a value is, in words: `number, 0 to 1, 0.5 if left out`."""
    kind = _text(given.get("type")) or "anything"
    if kind == "array":
        items = given.get("items")
        of = _text(items.get("type")) if isinstance(items, dict) else ""
        kind = f"list of {of}s" if of and of != "array" else "list"
    parts = [kind]
    low, high = given.get("minimum"), given.get("maximum")
    if low is not None or high is not None:
        parts.append(f"{_plain(low)} to {_plain(high)}" if None not in (low, high) else _one_end(low, high))
    if choices := _list(given.get("enum")):
        parts.append("one of " + ", ".join(_plain(one) for one in choices[:_ENTRIES]))
    if "default" in given and given["default"] is not None:
        parts.append(f"{_plain(given['default'])} if left out")
    return ", ".join(parts)


def _one_end(low: Any, high: Any) -> str:
    return f"at least {_plain(low)}" if low is not None else f"at most {_plain(high)}"


def _plain(value: Any) -> str:
    return _text(value) if isinstance(value, str) else _text(json.dumps(value))


def _text(value: Any) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _list(value: Any) -> list[Any]:
    return value[:_ENTRIES] if isinstance(value, list) else []


def _mapping(value: Any, most: int) -> list[tuple[str, Any]]:
    return list(value.items())[:most] if isinstance(value, dict) else []
