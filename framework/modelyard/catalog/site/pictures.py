"""The gallery of an image as files of the site, named by what they hold."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator

from pydantic import ValidationError

from modelyard.catalog.records import gallery
from modelyard.catalog.records.gallery import Gallery
from modelyard.catalog.site.model import File, Picture, Sample

_ENDINGS = {"image/webp": "webp", "image/png": "png", "image/jpeg": "jpg"}
"""What browsers show; a picture of another kind is left out, SVG above all, because it can hold scripts."""


def parse(content: bytes | None) -> Gallery | None:
    """A gallery as the registry holds it; None where there is none, or one of another form."""
    try:
        return None if content is None else Gallery.model_validate_json(content)
    except ValidationError:
        return None


def samples(shown: Gallery | None) -> Iterator[tuple[Sample, File]]:
    """Each sample with its answer, and the file of its picture."""
    for one in shown.shown if shown else ():
        if (taken := take(one.picture, f"{one.name}: {one.said}")) is not None:
            picture, file = taken
            yield Sample(one.name, one.said, picture, one.license, one.origin), file


def take(picture: gallery.Picture, said: str) -> tuple[Picture, File] | None:
    """A picture of a gallery and its file; None where no browser would show it.

    Args:
        picture: As the gallery has it.
        said: What it shows.
    """
    ending = _ENDINGS.get(picture.media_type)
    if ending is None or not (0 < picture.width < 10_000 and 0 < picture.height < 10_000):
        return None
    try:
        content = base64.b64decode(picture.data, validate=True)
    except (ValueError, binascii.Error):
        return None
    path = f"pictures/{hashlib.sha256(content).hexdigest()[:24]}.{ending}"
    return Picture(path=path, width=picture.width, height=picture.height, said=said), File(path, content)
