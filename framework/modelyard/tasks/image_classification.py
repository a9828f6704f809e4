"""Image classification: what a picture shows, the most likely first."""

from __future__ import annotations

from collections.abc import Sequence

import PIL.Image
import PIL.ImageOps

from modelyard.image import Image
from modelyard.tasks import canvas, classes, kept
from modelyard.tasks.classes import Classification
from modelyard.tasks.task import Task

__all__ = ["TASK", "Classification"]

_NAME = "image-classification"


def _draw(image: Image, answer: Classification, labels: Sequence[str]) -> PIL.Image.Image:
    """The picture, and below it a bar for each of the most likely classes."""
    photo = PIL.ImageOps.contain(image.picture(), (canvas.WIDTH, canvas.WIDTH))
    return canvas.stacked([photo, classes.drawn(answer)])


TASK = Task(
    name=_NAME,
    title="Image Classification",
    input=Image,
    output=Classification,
    schema=classes.schema("picture", [(162, "beagle", 0.82), (161, "basset", 0.09)]),
    encode=classes.encode,
    decode=classes.decoder(_NAME),
    measures=classes.MEASURES,
    difference=classes.difference,
    describe=classes.describe,
    draw=_draw,
    suffix=".json",
    write=kept.writer(classes.encode),
    read=kept.reader(classes.decoder(_NAME)),
    observe=classes.observe,
    target=classes.target,
    opened=classes.OPENED,
)
