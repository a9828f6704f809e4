"""The gallery of an image: what it answered to its samples, as people look at it.

The pictures are the tasks' own, of the answers that the image gave when its samples were checked. The whole is bounded:
each sample gets its share, and what doesn't fit is made coarser, or cut and says so.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import PIL.Image
import PIL.ImageOps

from modelyard.catalog import kinds
from modelyard.catalog.checking.candidate import Candidate
from modelyard.catalog.records.gallery import Explained, Gallery, Picture, Shown
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Sample
from modelyard.serving.encode import to_json

LARGEST = 4_000_000
"""Bytes of a gallery at most."""
_SAMPLES = 40
"""Samples that are shown at most, the first ones."""
_SIDE = 960
_SMALLEST_SIDE = 64
_QUALITIES = (80, 60, 40)
_TEXT = 2_000
_SAID = 300
_FILE = 300_000
_CUTS = ((200, 20), (100, 10), (40, 4), (20, 1))
"""Longest string and list of an answer: the first of these with which it fits."""

Explain = Callable[[Sample, int], Explained | str | None]
"""Why a sample is answered as it is, in a picture of at most so many characters; or why that can't be said."""


def unexplained(_sample: Sample, _most: int) -> None:
    """Of a task whose answers can't be explained."""


def gallery(candidate: Candidate, explain: Explain = unexplained) -> Gallery:
    """Shows what a candidate answered to its good samples.

    Args:
        candidate: One whose samples were checked.
        explain: Says why a sample is answered as it is.

    Raises:
        ModelyardError: An answer can't be drawn.
    """
    samples = [one for one in candidate.good_samples if one.name in candidate.answers][:_SAMPLES]
    # An eighth of the share is left for names, texts and what JSON puts around it all.
    share = LARGEST * 7 // 8 // max(1, len(samples))
    return Gallery(
        name=candidate.asset.name,
        version=candidate.asset.version,
        shown=[_shown(candidate, sample, share, explain) for sample in samples],
    )


def _shown(candidate: Candidate, sample: Sample, share: int, explain: Explain) -> Shown:
    task, body = candidate.task, candidate.answers[sample.name]
    data = (candidate.folder / sample.input).read_bytes()
    answer = task.parse(body)
    seen = kinds.of(task).seen(data)
    part = share // 8
    why = explain(sample, part)
    kept = base64.b64encode(data).decode() if seen.heard and len(data) <= _FILE else None
    return Shown(
        name=sample.name,
        parameters=dict(sample.parameters),
        license=sample.license,
        origin=sample.origin,
        media_type=seen.media_type,
        text=None if seen.text is None else shortened(seen.text, min(_TEXT, part // 8)),
        file=kept if kept and len(kept) <= share // 2 else None,
        preview=picture(seen.picture, part) if seen.picture else None,
        said=shortened(task.describe(answer, candidate.labels), _SAID),
        # As JSON has it, also where the client gets a file.
        answer=fitting(json.loads(to_json(task.encode(answer))), part),
        picture=picture(task.draw(task.input.parse(data), answer, candidate.labels), part),
        explained=why if isinstance(why, Explained) else None,
        unexplained=why if isinstance(why, str) else None,
    )


def picture(drawn: PIL.Image.Image, most: int) -> Picture:
    """A picture as WebP, no side of it longer than 960 pixels.

    Args:
        drawn: What it shows.
        most: Characters of base64 that it may take: it is made coarser until it does, and then smaller.

    Raises:
        ModelyardError: There is no room for the smallest one.
    """
    drawn = drawn.convert("RGB")
    side = _SIDE
    while side >= _SMALLEST_SIDE:
        small = PIL.ImageOps.contain(drawn, (side, side)) if max(drawn.size) > side else drawn
        for quality in _QUALITIES:
            file = io.BytesIO()
            small.save(file, "WEBP", quality=quality)
            encoded = base64.b64encode(file.getvalue()).decode()
            if len(encoded) <= most:
                return Picture(media_type="image/webp", width=small.width, height=small.height, data=encoded)
        side = side * 3 // 4
    raise ModelyardError(f"a picture of {drawn.width} × {drawn.height} pixels doesn't fit into {most:,} characters")


def fitting(answer: Any, most: int) -> Any:
    """An answer with its long strings and lists cut, so that it takes no more than so many characters of JSON.

    Args:
        answer: JSON.
        most: Characters.
    """
    for string, entries in _CUTS:
        cut = _cut(answer, string, entries)
        if len(json.dumps(cut)) <= most:
            return cut
    return f"… ({len(json.dumps(answer)):,} characters of JSON)"


def _cut(value: Any, string: int, entries: int) -> Any:
    if isinstance(value, str):
        return shortened(value, string)
    if isinstance(value, list):
        more = [f"… ({len(value) - entries:,} more)"] if len(value) > entries else []
        return [*(_cut(one, string, entries) for one in value[:entries]), *more]
    if isinstance(value, dict):
        return {name: _cut(one, string, entries) for name, one in value.items()}
    return value


def shortened(text: str, most: int) -> str:
    """The beginning of a text, and how much of it is left out."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"
