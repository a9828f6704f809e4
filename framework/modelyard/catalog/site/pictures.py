"""The gallery of an image as files of the site, named by what they hold."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator

from pydantic import ValidationError

from modelyard.catalog.records import gallery
from modelyard.catalog.records.gallery import Gallery, Shown
from modelyard.catalog.site.model import File, Picture, Sample

_ENDINGS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg"}
"""What browsers show; a picture of another kind is left out, SVG above all, because it can hold scripts."""
_SOUNDS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}
_ANSWERS, _SHORTEST_ANSWER, _LONGEST_ANSWER = 40_000, 600, 4_000
"""Characters of JSON on a page, and of one answer: so that the page stays light."""


def parse(content: bytes | None) -> Gallery | None:
    """A gallery as the registry holds it; None where there is none, or one of another form."""
    try:
        return None if content is None else Gallery.model_validate_json(content)
    except ValidationError:
        return None


def samples(shown: Gallery | None) -> Iterator[tuple[Sample, list[File]]]:
    """Each sample with its answer, and the files of its pictures and its sound."""
    all_of_them = shown.shown if shown else []
    most = max(_SHORTEST_ANSWER, min(_LONGEST_ANSWER, _ANSWERS // max(1, len(all_of_them))))
    for one in all_of_them:
        if (answer := take(one.picture, f"{one.name}: {one.said}")) is not None:
            seen = take(one.preview, f"The input: {one.name}") if one.preview else None
            why = take(one.explained.picture, _because(one)) if one.explained else None
            sound = _sound(one)
            sample = Sample(
                name=one.name,
                said=one.said,
                picture=answer[0],
                license=one.license,
                origin=one.origin,
                answer=_json(one.answer, most),
                parameters=one.parameters,
                input=seen[0] if seen else None,
                sound=sound.path if sound else "",
                text=one.text,
                why=why[0] if why else None,
                because=_because(one),
            )
            yield sample, [file for file in (answer[1], seen and seen[1], why and why[1], sound) if file]


def _because(one: Shown) -> str:
    if one.explained is None:
        return one.unexplained or ""
    return f"What counted for {one.explained.target}, by {one.explained.method}"


def _json(answer: object, most: int) -> str:
    """JSON for people: a line for each thing, and lists of numbers on one; its beginning, where it is long."""
    text = _laid({"status": "ok", **answer} if isinstance(answer, dict) else answer, "\n")
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def _laid(value: object, end: str) -> str:
    inner = f"{end}  "
    if isinstance(value, dict) and value:
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {_laid(part, inner)}" for name, part in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{end}}}"
    if isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        return f"[{inner}{f',{inner}'.join(_laid(part, inner) for part in value)}{end}]"
    return json.dumps(value, ensure_ascii=False)


def _sound(one: Shown) -> File | None:
    ending = _SOUNDS.get(one.media_type)
    content = _decoded(one.file) if one.file and ending else None
    return None if content is None else File(f"sounds/{hashlib.sha256(content).hexdigest()[:24]}.{ending}", content)


def _decoded(data: str) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error):
        return None


def take(picture: gallery.Picture, said: str) -> tuple[Picture, File] | None:
    """A picture of a gallery and its file; None where no browser would show it.

    Args:
        picture: As the gallery has it.
        said: What it shows.
    """
    ending = _ENDINGS.get(picture.media_type)
    if ending is None or not (0 < picture.width < 10_000 and 0 < picture.height < 10_000):
        return None
    content = _decoded(picture.data)
    if content is None:
        return None
    path = f"pictures/{hashlib.sha256(content).hexdigest()[:24]}.{ending}"
    return Picture(path=path, width=picture.width, height=picture.height, said=said), File(path, content)
