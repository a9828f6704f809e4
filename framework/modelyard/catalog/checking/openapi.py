"""What changed between two OpenAPI 2.0 documents, and which of it breaks a client of the older one.

What a client sends may be asked less of, never more; what it is answered may say more, never less. Titles,
descriptions and examples promise nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")

Way = Literal["request", "response"]

# Each limit, and the side on which a value is the stricter one.
_FLOORS = ("minimum", "minLength", "minItems", "minProperties")
_CEILINGS = ("maximum", "maxLength", "maxItems", "maxProperties")
_SWITCHES = ("exclusiveMinimum", "exclusiveMaximum", "uniqueItems")
_EXACT = ("pattern", "format", "multipleOf", "collectionFormat")
_PROSE = frozenset(("title", "description", "summary", "example", "examples", "externalDocs", "tags", "operationId"))
_MAPS = frozenset(("properties", "definitions", "responses", "paths", "parameters"))
_DEEPEST = 40


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes:
        where: Such as `POST /model/predict, parameter threshold`.
        what: What became of it.
        breaking: Whether a client of the older document may fail.
    """

    where: str
    what: str
    breaking: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def contract(document: Any, *, named: bool = False) -> Any:
    """A document without what promises nothing: two with the same contract are the same API.

    Args:
        document: It, or a part of it.
        named: Whether its keys are names that the API's author chose, such as a field called `title`.
    """
    if isinstance(document, list):
        return [contract(one) for one in document]
    if not isinstance(document, Mapping):
        return document
    kept = (key for key in document if named or (key not in _PROSE and key not in ("info", "host")))
    return {key: contract(document[key], named=not named and key in _MAPS) for key in kept}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed from one document to the next, the breaking changes first.

    Args:
        before: The document that clients were written against.
        after: The one that they will meet.
    """
    found = list(dict.fromkeys(_Compared(before, after).changes()))
    return sorted(found, key=lambda change: not change.breaking)


@dataclass(frozen=True)
class _Compared:
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def changes(self) -> Iterator[Change]:
        if (self.before.get("basePath") or "/") != (self.after.get("basePath") or "/"):
            yield Change("basePath", f"{self.before.get('basePath')} → {self.after.get('basePath')}", True)
        old, new = _table(self.before.get("paths")), _table(self.after.get("paths"))
        for path in sorted(old.keys() | new.keys()):
            for method in METHODS:
                where = f"{method.upper()} {path}"
                first, second = _table(old.get(path)).get(method), _table(new.get(path)).get(method)
                if first is None and second is not None:
                    yield Change(where, "is new", False)
                elif first is not None and second is None:
                    yield Change(where, "is gone", True)
                elif first is not None:
                    shared = (_table(old[path]).get("parameters"), _table(new[path]).get("parameters"))
                    yield from self._operation(where, _table(first), _table(second), *shared)

    def _operation(
        self, where: str, old: Mapping[str, Any], new: Mapping[str, Any], old_shared: Any, new_shared: Any
    ) -> Iterator[Change]:
        first = _parameters(self.before, old_shared) | _parameters(self.before, old.get("parameters"))
        second = _parameters(self.after, new_shared) | _parameters(self.after, new.get("parameters"))
        for key in sorted(first.keys() | second.keys()):
            at = f"{where}, parameter {key[1]}" if key[0] != "body" else f"{where}, body"
            if key not in first:
                required = second[key].get("required") is True
                yield Change(at, "is new, and required" if required else "is new", required)
            elif key not in second:
                yield Change(at, "is gone", True)
            else:
                yield from self._parameter(at, first[key], second[key])
        for list_name, way in (("consumes", "request"), ("produces", "response")):
            gone = _medias(self.before, old, list_name) - _medias(self.after, new, list_name)
            if gone:
                yield Change(where, f"{way} no longer in {', '.join(sorted(gone))}", True)
        if _security(self.after, new) and not _security(self.before, old):
            yield Change(where, "needs authorization now", True)
        yield from self._responses(where, _table(old.get("responses")), _table(new.get("responses")))

    def _parameter(self, at: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        if new.get("required") is True and old.get("required") is not True:
            yield Change(at, "is required now", True)
        elif old.get("required") is True and new.get("required") is not True:
            yield Change(at, "is optional now", False)
        if "schema" in old or "schema" in new:
            yield from self._schema(at, old.get("schema"), new.get("schema"), "request", set())
        else:
            yield from self._schema(at, old, new, "request", set())

    def _responses(self, where: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        for code in sorted(old.keys() | new.keys()):
            at = f"{where}, answer {code}"
            if code not in new:
                # A refusal that can't happen any more breaks nobody.
                yield Change(at, "is gone", code.startswith("2") or code == "default")
            elif code not in old:
                yield Change(at, "is new", False)
            else:
                schemas = (
                    _resolved(self.before, old[code]).get("schema"),
                    _resolved(self.after, new[code]).get("schema"),
                )
                if schemas[0] is not None and schemas[1] is None:
                    yield Change(at, "has no documented form any more", True)
                elif schemas[0] is not None:
                    yield from self._schema(at, *schemas, "response", set())

    def _schema(self, at: str, old: Any, new: Any, way: Way, seen: set[tuple[str, str]]) -> Iterator[Change]:
        pair = (str(_table(old).get("$ref")), str(_table(new).get("$ref")))
        if pair in seen:
            return
        # What is named is compared where it is first met: forms may contain themselves.
        seen.update([pair] if pair != ("None", "None") else [])
        first, second = _whole(self.before, old), _whole(self.after, new)
        yield from _type(at, first.get("type"), second.get("type"), way)
        if not (_names_version(self.before, first) and _names_version(self.after, second)):
            yield from _enum(at, first.get("enum"), second.get("enum"), way)
        yield from _limits(at, first, second, way)
        if way == "request" and first.get("default") != second.get("default"):
            said = f"default {first.get('default', 'none')} → {second.get('default', 'none')}"
            yield Change(at, said, "default" in first)
        if first.get("items") is not None or second.get("items") is not None:
            yield from self._schema(f"{at}[]", first.get("items"), second.get("items"), way, seen)
        yield from self._properties(at, first, second, way, seen)

    def _properties(
        self, at: str, old: Mapping[str, Any], new: Mapping[str, Any], way: Way, seen: set[tuple[str, str]]
    ) -> Iterator[Change]:
        first, second = _table(old.get("properties")), _table(new.get("properties"))
        had, has = _names(old.get("required")), _names(new.get("required"))
        for name in sorted(first.keys() | second.keys()):
            field = f"{at}, field {name}"
            if name not in second:
                yield Change(field, "is gone", True)
            elif name not in first:
                asked = way == "request" and name in has
                yield Change(field, "is new, and required" if asked else "is new", asked)
            else:
                if name in has and name not in had:
                    yield Change(
                        field, "is required now" if way == "request" else "is always there now", way == "request"
                    )
                elif name in had and name not in has:
                    yield Change(field, "is optional now", way == "response")
                yield from self._schema(field, first[name], second[name], way, seen)
        if (
            way == "request"
            and new.get("additionalProperties") is False
            and old.get("additionalProperties") is not False
        ):
            yield Change(at, "takes no other fields any more", True)


def _type(at: str, old: Any, new: Any, way: Way) -> Iterator[Change]:
    if old == new:
        return
    narrow, wide = (new, old) if way == "response" else (old, new)
    # In a request a wider type takes all that was sent, in an answer a narrower one is all that may come.
    fits = wide is None or (narrow == "integer" and wide == "number")
    yield Change(at, f"type {old or 'any'} → {new or 'any'}", not fits)


def _names_version(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """Whether the one thing to choose is the version of the API itself, as in the address of a model's version."""
    return schema.get("enum") == [_table(document.get("info")).get("version")]


def _enum(at: str, old: Any, new: Any, way: Way) -> Iterator[Change]:
    if old == new or not (isinstance(old, list) or isinstance(new, list)):
        return
    gone = [one for one in old or [] if isinstance(new, list) and one not in new]
    more = [one for one in new or [] if isinstance(old, list) and one not in old]
    if way == "request" and (gone or old is None):
        yield Change(at, f"no longer takes {_listed(gone)}" if gone else f"takes only {_listed(new)} now", True)
    elif more or new is None:
        yield Change(at, f"may be {_listed(more)} too" if more else "may be anything", False)
    else:
        yield Change(at, f"is one of {_listed(new)} now", False)


def _limits(at: str, old: Mapping[str, Any], new: Mapping[str, Any], way: Way) -> Iterator[Change]:
    for name in (*_FLOORS, *_CEILINGS, *_SWITCHES, *_EXACT):
        first, second = old.get(name), new.get(name)
        if name in _SWITCHES:
            first, second = first or None, second or None
        if first == second:
            continue
        narrower = second is not None
        if first is not None and second is not None and name in (*_FLOORS, *_CEILINGS) and _numbers(first, second):
            narrower = second > first if name in _FLOORS else second < first
        shown = [value if value is not None else "none" for value in (first, second)]
        yield Change(at, f"{name} {shown[0]} → {shown[1]}", narrower and way == "request")


def _parameters(document: Mapping[str, Any], listed: Any) -> dict[tuple[str, str], Mapping[str, Any]]:
    found = {}
    for one in listed if isinstance(listed, list) else []:
        parameter = _resolved(document, one)
        place = str(parameter.get("in"))
        found[place, "" if place == "body" else str(parameter.get("name"))] = parameter
    return found


def _medias(document: Mapping[str, Any], operation: Mapping[str, Any], name: str) -> frozenset[str]:
    return _names(operation.get(name, document.get(name)))


def _security(document: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    asked = operation.get("security", document.get("security"))
    # An empty alternative stands for no authorization at all.
    return isinstance(asked, list) and bool(asked) and all(asked)


def _whole(document: Mapping[str, Any], schema: Any, seen: set[str] | None = None) -> dict[str, Any]:
    """A schema with its reference followed and its `allOf` made one."""
    seen = set() if seen is None else seen
    reference = _table(schema).get("$ref")
    if isinstance(reference, str):
        if reference in seen:
            return {}
        seen.add(reference)
    whole = dict(_resolved(document, schema))
    parts = whole.pop("allOf", None)
    for part in parts if isinstance(parts, list) else []:
        more = _whole(document, part, seen)
        properties = {**_table(more.get("properties")), **_table(whole.get("properties"))}
        required = sorted(_names(more.get("required")) | _names(whole.get("required")))
        whole = {**more, **whole, "properties": properties, "required": required}
    return whole


def _resolved(document: Mapping[str, Any], value: Any) -> Mapping[str, Any]:
    """What a local reference (`#/definitions/Answer`) leads to; nothing where it leads nowhere."""
    for _ in range(_DEEPEST):
        reference = _table(value).get("$ref")
        if not isinstance(reference, str):
            return _table(value)
        value = document
        for step in reference.removeprefix("#/").split("/"):
            value = _table(value).get(step.replace("~1", "/").replace("~0", "~"))
    return {}


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: Any) -> frozenset[str]:
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


def _listed(values: list[Any]) -> str:
    shown = ", ".join(repr(value) for value in values[:5])
    return f"{shown} and {len(values) - 5} more" if len(values) > 5 else shown
