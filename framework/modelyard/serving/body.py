"""Finding the inputs and the parameters in a request, whichever of the ways they were sent in."""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass
from typing import IO, Any

import orjson
from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge

from modelyard.errors import BadInput
from modelyard.tasks.task import Sent

_RAW = ("application/octet-stream", "")
_MULTIPART = "multipart/form-data"
_URLENCODED = "application/x-www-form-urlencoded"
_JSON = "application/json"
_ANY = "*/*"


class InMemoryRequest(Request):
    """Keeps uploads in memory, within the limit of the body: the root file system is read-only."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()


@dataclass(frozen=True)
class Asked:
    """What a request asks.

    Attributes:
        inputs: The bytes of each input.
        several: Whether a list was sent, so that a list is answered.
        fields: Parameters as they were written; those in the body win over the query's.
    """

    inputs: tuple[bytes, ...]
    several: bool
    fields: dict[str, str]


def read(request: Request, kind: type[Sent], limit: int) -> Asked:
    """The inputs that a request holds.

    They come as multipart (in the documented field, or in the only file part whatever its name is; the
    field several times for several inputs), as the body itself, or in JSON as base64. What is written, such as a
    text, may also stand in a field of a form, and stands in JSON as it is.

    Raises:
        BadInput: There is no input (400), it is too large (413) or of another kind (415).
    """
    try:
        asked = _read(request, kind)
    except RequestEntityTooLarge:
        raise BadInput(
            f"the request is larger than {limit:,} bytes, or a text field of it is: send a smaller file", code=413
        ) from None
    _bound(len(asked.inputs), kind)
    return asked


def _bound(count: int, kind: type[Sent]) -> None:
    if count > kind.most:
        raise BadInput(f"{count} inputs are too many: send at most {kind.most} at a time", code=413)


def _read(request: Request, kind: type[Sent]) -> Asked:
    coding = request.headers.get("Content-Encoding", "identity")
    if coding != "identity":
        raise BadInput(f"Content-Encoding {coding[:40]!r} is not read here: send the body as it is", code=415)
    query = request.args.to_dict()
    if request.mimetype == _MULTIPART or (kind.written and request.mimetype == _URLENCODED):
        inputs = _from_parts(request, kind)
        fields = {name: value for name, value in request.form.items() if not (kind.written and name == kind.field)}
        return Asked(inputs, len(inputs) > 1, {**query, **fields})
    if request.mimetype == _JSON:
        return _from_json(request.get_data(cache=False), kind, query)
    if _ANY not in kind.media_types and request.mimetype not in (*kind.media_types, *_RAW):
        raise BadInput(
            f"Content-Type {request.mimetype[:80]!r} is not read here: send {_MULTIPART} with the {_noun(kind)} in "
            f"the field {kind.field!r}, it itself as {kind.media_types[0]}, or {_JSON} with {_in_json(kind)}",
            code=415,
        )
    data = request.get_data(cache=False)
    if not data:
        raise BadInput(
            f"the request is empty: send {_MULTIPART} with the {_noun(kind)} in the field {kind.field!r}, "
            f"or the {_noun(kind)} itself as {kind.media_types[0]}"
        )
    return Asked((data,), False, query)


def _noun(kind: type[Sent]) -> str:
    return kind.field if kind.written else "file"


def _in_json(kind: type[Sent]) -> str:
    return f"the {kind.field}" if kind.written else "the file as base64"


def _from_parts(request: Request, kind: type[Sent]) -> tuple[bytes, ...]:
    files, field = request.files, kind.field
    if kind.written and field in request.form:
        return tuple(text.encode() for text in request.form.getlist(field))
    if field in files:
        parts: list[Any] = files.getlist(field)
    elif len(files) == 1:
        parts = [part for name in files for part in files.getlist(name)]
    elif not files:
        said = f"the field {field!r} holds text, not a file" if field in request.form else "the request holds no file"
        said = f"the request has no field {field!r}" if kind.written else said
        raise BadInput(f"{said}: send it as {_MULTIPART}, such as curl -F {field}=@FILE")
    else:
        names = ", ".join(repr(name[:40]) for name in list(files)[:5])
        raise BadInput(f"no file is in the field {field!r}, and there are several others ({names}): name one {field!r}")
    return tuple(part.read() for part in parts)


def _from_json(body: bytes, kind: type[Sent], query: dict[str, str]) -> Asked:
    field = kind.field
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is no JSON ({str(error)[:100]}): send an object with the field {field!r}") from None
    if not isinstance(given, dict) or field not in given:
        raise BadInput(f"the JSON must be an object with the field {field!r}: {_in_json(kind)}, or a list of such")
    value = given.pop(field)
    texts = value if isinstance(value, list) else [value]
    if not texts:
        raise BadInput(f"the list {field!r} is empty: send at least one {_noun(kind)}")
    _bound(len(texts), kind)
    inputs = tuple(_as_it_stands(text, kind) if kind.written else _decoded(text, field) for text in texts)
    return Asked(inputs, isinstance(value, list), {**query, **{name: _written(name, v) for name, v in given.items()}})


def _as_it_stands(value: Any, kind: type[Sent]) -> bytes:
    """A text, or what the kind takes as JSON."""
    if isinstance(value, str):
        return value.encode()
    if _JSON in kind.media_types and isinstance(value, dict | list):
        try:
            return orjson.dumps(value)
        except orjson.JSONEncodeError:  # It was read, but is nested deeper than can be written.
            raise BadInput(f"{kind.field!r} in the JSON is nested too deeply") from None
    more = ", an object" if _JSON in kind.media_types else ""
    raise BadInput(f"{kind.field!r} in the JSON must be a text{more}, or a list of such")


def _decoded(text: Any, field: str) -> bytes:
    if not isinstance(text, str):
        raise BadInput(f"{field!r} in the JSON must be text: the file as base64")
    # A data URL is what a browser makes of a file.
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(f"{field!r} in the JSON is no base64: encode the bytes of the file") from None


def _written(name: str, value: Any) -> str:
    """A parameter in JSON as it would stand in a query."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | str):
        return str(value)
    raise BadInput(f"parameter {name[:40]!r} must be a number, a text or true or false")
