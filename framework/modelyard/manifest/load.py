"""Reading a manifest: from YAML to a model, or to one line a mistake with the line it stands in."""

from __future__ import annotations

import datetime
import difflib
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model

M = TypeVar("M", bound=Model)

_LARGEST = 1_000_000
_DEEPEST = 20
_WRONG_TYPE = ("string_type", "int_type", "float_type", "bool_type")
_TEXT = "tag:yaml.org,2002:str"
_ANCHORS = "anchors (& and *) are not read here: write the value out"
_Place = tuple[str | int, ...]
_AnyLoader = yaml.SafeLoader | yaml.CSafeLoader


class ManifestError(ModelyardError):
    """A manifest has mistakes.

    Args:
        mistakes: One line each, `FILE:LINE: FIELD: what is wrong and what to write`.
    """

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def read(path: Path, model: type[M], *, shown_as: str | None = None) -> M:
    """The manifest in a file, checked.

    Args:
        path: A YAML file.
        model: What it must hold.
        shown_as: The file's name in messages.

    Raises:
        ManifestError: It can't be read, is no YAML, or doesn't fit the model.
    """
    shown = shown_as or str(path)
    data, lines = parse(path, shown_as=shown)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        mistakes = [_mistake(shown, lines, model, detail) for detail in error.errors(include_url=False)]
        raise ManifestError(list(dict.fromkeys(mistakes))) from None


def parse(path: Path, *, shown_as: str) -> tuple[Any, dict[_Place, int]]:
    """The data in a YAML file, and the line in which each of its values stands."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise ManifestError([f"{shown_as}: it can't be read: {error.strerror}"]) from None
    if len(text) > _LARGEST:
        raise ManifestError([f"{shown_as}: a manifest has at most {_LARGEST:,} bytes; move long prose to README.md"])
    loader: _AnyLoader | None = None
    try:
        decoded = text.decode()
        if yaml.__with_libyaml__:
            # Several times as fast; what it finds wrong, the other explains.
            with suppress(yaml.YAMLError, ValueError, OverflowError):
                return _single_document(yaml.CSafeLoader(decoded), shown_as)
        loader = yaml.SafeLoader(decoded)
        return _single_document(loader, shown_as)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise ManifestError([f"{shown_as}:{line}: it is not UTF-8 text; save it as UTF-8"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{shown_as}:{mark.line + 1}" if mark else shown_as
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ManifestError([f"{place}: it is no YAML: {problem}; check indentation, quotes and colons"]) from None
    except (ValueError, OverflowError) as error:  # a \U escape of no character
        line = loader.line + 1 if isinstance(loader, yaml.SafeLoader) else 1
        raise ManifestError([f"{shown_as}:{line}: it is no YAML: {error}; check what follows backslashes"]) from None


def _single_document(loader: _AnyLoader, shown: str) -> tuple[Any, dict[_Place, int]]:
    """Builds the data in one go from the parser's events: composing nodes first would be recursive without a limit."""
    try:
        lines: dict[_Place, int] = {}
        data = None
        loader.get_event()  # the stream begins
        if not loader.check_event(yaml.StreamEndEvent):
            loader.get_event()  # the document begins
            data = _build(loader, (), lines, shown)
            loader.get_event()  # the document ends
            if not loader.check_event(yaml.StreamEndEvent):
                another: Any = loader.get_event()
                raise yaml.composer.ComposerError(None, None, "but found another document", another.start_mark)
        return data, lines
    finally:
        loader.dispose()


def _build(loader: _AnyLoader, place: _Place, lines: dict[_Place, int], shown: str) -> Any:
    event: Any = loader.get_event()
    line = event.start_mark.line + 1
    if event.anchor is not None:
        # With them, a file of a kilobyte can stand for a gigabyte.
        raise yaml.composer.ComposerError(None, None, _ANCHORS, event.start_mark)
    if len(place) > _DEEPEST:
        raise ManifestError([f"{shown}:{line}: it is nested more than {_DEEPEST} levels deep; no manifest needs that"])
    lines[place] = line
    if isinstance(event, yaml.MappingStartEvent):
        mapping: dict[Any, Any] = {}
        while not loader.check_event(yaml.MappingEndEvent):
            beginning: Any = loader.peek_event()
            line = beginning.start_mark.line + 1
            key = _build(loader, place, {}, shown)
            if not isinstance(key, str):
                raise ManifestError([f"{shown}:{line}: the key {_short(key)} must be text; write it in quotes"])
            if key in mapping:
                raise ManifestError([f"{shown}:{line}: the key {_short(key)} stands here twice; remove one"])
            mapping[key] = _build(loader, (*place, key), lines, shown)
            lines[*place, key] = line
        loader.get_event()
        return mapping
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            items.append(_build(loader, (*place, len(items)), lines, shown))
        loader.get_event()
        return items
    return _scalar(loader, event, place, shown)


def _scalar(loader: _AnyLoader, event: Any, place: _Place, shown: str) -> Any:
    """What a scalar stands for: `2024-02-30` looks like a date to YAML, and only building it shows that it is none."""
    tag = event.tag
    if tag is None or tag == "!":
        tag = loader.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
    if tag == _TEXT:
        return event.value
    try:
        value = loader.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        if isinstance(value, int):
            str(value)  # Python refuses numbers of thousands of digits here, and later no message could show them.
        return value
    except (ValueError, LookupError, AttributeError, OverflowError):
        kind = tag.rpartition(":")[2]
        where = f"{shown}:{event.start_mark.line + 1}: {_field(place)}"
        raise ManifestError([f"{where}: {_short(event.value)} is no {kind}; write it in quotes"]) from None


def _mistake(shown: str, lines: dict[_Place, int], model: type[Model], detail: Any) -> str:
    """One line for one of pydantic's errors."""
    place: _Place = tuple(detail["loc"])
    known = next((place[:n] for n in range(len(place), -1, -1) if place[:n] in lines), ())
    kind, given = detail["type"], detail.get("input")
    # Where several types will do, pydantic tells one error for each of them.
    several = kind in _WRONG_TYPE and place not in lines
    where = f"{shown}:{lines.get(known, 1)}: {_field(known if several else place)}"
    if several:
        return f"{where}: it must be text, a number, true or false (found {_short(given)})"
    if kind == "extra_forbidden":
        return f"{where}: there is no such key{_suggestion(model, place)}"
    if kind == "missing":
        return f"{where}: it is missing; add it"
    if kind == "model_type":
        return f"{where}: it must hold keys and values"
    if kind == "string_pattern_mismatch":
        return f"{where}: {_short(given)} doesn't have the form {detail['ctx']['pattern']}"
    if kind == "string_type" and isinstance(given, int | float | datetime.date):
        taken = str(given) if isinstance(given, datetime.date) else _short(given)
        return f"{where}: YAML takes it for {taken}, but it must be text; write it in quotes"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{where}: {message[0].lower()}{message[1:]} (found {_short(given)})"


def _field(place: _Place) -> str:
    return ".".join(str(part) for part in place if part != "[key]") or "the file"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _suggestion(model: type[Model], place: _Place) -> str:
    names = list(_fields_at(model, place[:-1]))
    close = difflib.get_close_matches(str(place[-1]), names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(sorted(names))}" if names else ""


def _fields_at(model: type[BaseModel], place: _Place) -> dict[str, Any]:
    """The fields of the model that stands at a place inside another."""
    for part in place:
        if isinstance(part, int):
            continue
        if part not in model.model_fields:
            return {}
        inner = _model_in(model.model_fields[part].annotation)
        if inner is None:
            return {}
        model = inner
    return dict(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
