"""The asset whose network is measured, and the photo that it is asked about."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence

import PIL.Image
import PIL.ImageOps

from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Sample
from scripts.benchmarks._load import Request, upload

NAME = "image-classifier"
SIZE = (640, 480)


def image(workspace: Workspace) -> str:
    """The published image of the asset's `cpu` variant."""
    return f"{workspace.catalog.registry}/{NAME}"


def sample(workspace: Workspace) -> Sample:
    """The asset's first sample that gets an answer."""
    return next(one for one in workspace.asset(NAME).samples if one.error is None)


def photo(workspace: Workspace) -> bytes:
    """A JPEG file of 640 × 480 pixels: the sample, cropped and resized."""
    with PIL.Image.open(workspace.folder(NAME) / sample(workspace).input) as picture:
        file = io.BytesIO()
        PIL.ImageOps.fit(picture.convert("RGB"), SIZE).save(file, "JPEG", quality=90)
    return file.getvalue()


def question(data: bytes) -> Request:
    """The photo as clients send it: a file in a form."""
    return upload("/model/predict", "image", "photo.jpg", "image/jpeg", data)


def best(answer: bytes) -> str:
    """What an answer holds to be the most likely.

    Raises:
        SystemExit: It is no answer of a classifier.
    """
    try:
        (first, *_rest) = json.loads(answer)["predictions"]
        return str(first["label"])
    except (ValueError, KeyError, TypeError):
        raise SystemExit(f"this is no answer of a classifier: {answer[:200]!r}") from None


def same(answers: Sequence[bytes]) -> str:
    """What several servers agree on.

    Raises:
        SystemExit: They don't.
    """
    said = {best(answer) for answer in answers}
    if len(said) != 1:
        raise SystemExit(f"the servers don't agree on what is in the photo: {', '.join(sorted(said))}")
    return said.pop()
