"""What an image answered to the asset's samples, drawn: pictures for people who look before they read.

It is pushed beside the image, and what the site shows is this and nothing else: the answers of the very image.
"""

from __future__ import annotations

from typing import Any

from modelyard.manifest.model import Model

ARTIFACT_TYPE = "application/vnd.modelyard.gallery.v1+json"


class Picture(Model):
    """A picture that every browser shows."""

    media_type: str
    """`image/webp`."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    data: str
    """The file, as base64."""


class Explained(Model):
    """Why an answer is what it is, as `/model/explain` says."""

    target: str
    """What is explained: the class or the thing that was answered, in words."""
    method: str
    """How, such as `RISE` or `occlusion`."""
    picture: Picture
    """What counted, drawn on the input."""


class Shown(Model):
    """One sample that has an answer."""

    name: str
    """The sample's name."""
    parameters: dict[str, Any]
    """What was sent along."""
    license: str
    """Licence of the input, as SPDX has it."""
    origin: str
    """Where it comes from."""
    media_type: str
    """Kind of the input."""
    text: str | None = None
    """The input, where it is a text; its beginning, where that is long."""
    file: str | None = None
    """The input as base64, where it is a sound that is small enough to be kept here."""
    preview: Picture | None = None
    """The input, where it can be seen."""
    said: str
    """The answer in a few words."""
    answer: Any
    """The answer as JSON; what is long in it, such as the pixels of a map, is cut, and says so."""
    picture: Picture
    """The answer, drawn."""
    explained: Explained | None = None
    """Why it is what it is; none for tasks that can't be explained so."""
    unexplained: str | None = None
    """Why there is no explanation, where answers of the task have one: the model answers too slowly, for one."""


class Gallery(Model):
    """The samples of one image, in the order of its asset.yaml."""

    name: str
    """The asset."""
    version: str
    """Its version."""
    shown: list[Shown]
    """Those with an answer."""
