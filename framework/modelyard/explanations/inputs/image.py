"""Pictures: RISE, with what is hidden blurred beyond recognition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import PIL.Image
import PIL.ImageFilter

from modelyard.explanations import heat, regions
from modelyard.explanations.explanation import Ask, Explanation, Wanted
from modelyard.explanations.masks import Masks
from modelyard.image import Image

_LONGEST = 480
"""Pixels of the longest side: a larger picture is made smaller before anything is hidden."""
_MOST_CELLS, _FEWEST_CELLS = 7, 3
"""Along the longest side."""
_QUERIES = 4
"""For each cell at least."""
_BLUR = 1 / 8
"""The blur's radius as a share of the longest side."""

_ROWS, _COLUMNS = ("top", "middle", "bottom"), ("left", "centre", "right")

SCHEMA: Mapping[str, Any] = {
    "saliency": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}},
        "description": "How far each part of the picture counts, 0 to 1: rows from top to bottom.",
        "example": [[0.1, 0.9], [0.0, 0.2]],
    },
}


def explain(image: Image, ask: Ask[Image], wanted: Wanted) -> Explanation:
    """Hides random parts of a picture, and sees how far the answer goes with each."""
    photo = image.picture(draft_for=(_LONGEST, _LONGEST)).copy()
    photo.thumbnail((_LONGEST, _LONGEST))
    longest = max(photo.size)
    hidden = photo.filter(PIL.ImageFilter.GaussianBlur(longest * _BLUR))
    most = min(_MOST_CELLS, max(_FEWEST_CELLS, int((wanted.queries / _QUERIES) ** 0.5)))
    columns, rows = (max(2, round(most * side / longest)) for side in photo.size)
    masks = Masks(rows, columns, wanted.seed)

    def masked() -> Iterator[Image]:
        for number in range(wanted.queries):
            yield Image(PIL.Image.composite(photo, hidden, masks.mask(number, photo.size)))

    saliency = masks.saliency(ask(masked()))
    said = regions.named(saliency, _ROWS, _COLUMNS, "{row}, {column}")
    return Explanation("RISE", said, {"saliency": saliency.round(3)}, heat.over(photo, saliency))
