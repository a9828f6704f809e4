"""OpenPose's network on a MobileNet, as Model Asset eXchange's human pose estimator ran it.

The network was trained on pictures as OpenCV reads them, blue first, and MAX's service fed it so; it takes 0 to 255 and
scales by itself. The longer side is 432 pixels, as MAX's service and its port to TensorFlow.js had it, and proportions
are kept, as the port did: the service stretched every picture to 432 × 368.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import people
import PIL.Image

from modelyard import BodyPart, Image, Parameter, Person, Pipeline, Poses, Tensors

LONGER_SIDE = 432
SHORTER_SIDE = 144
"""A picture more than three times as wide as high, or the other way round, stands on a grey ground of this size: in
strips of a few pixels the network sees people who aren't there."""
GREY = 128
STRIDE = 8
"""Pixels to a cell of the network's grid."""


class HumanPoseEstimator(Pipeline[Image, Poses]):
    """Finds people and their parts."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "openpose")

    def preprocess(self, image: Image) -> Tensors:
        size = _fitted(*image.size)
        # A camera's photo needn't be decoded whole for so few pixels: twice as many as needed leave the rest to do.
        picture = image.picture(draft_for=(2 * LONGER_SIDE, 2 * LONGER_SIDE))
        pixels = np.asarray(picture.resize(size, PIL.Image.Resampling.BICUBIC), np.float32)
        (width, height), (left, top) = size, _ground(*size)
        seen = np.full((height + 2 * top, width + 2 * left, 3), GREY, np.float32)
        seen[top : top + height, left : left + width] = pixels[..., ::-1]
        return {self.model.inputs[0].name: seen[np.newaxis]}

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        threshold: Annotated[float, Parameter("People less certain than this are left out.", 0, 1)] = 0.0,
    ) -> Poses:
        (maps,) = tensors.values()
        heat, fields = maps[0, ..., : people.COUNT], maps[0, ..., people.COUNT + 1 :]
        found = people.peaks(heat)
        size = _fitted(*image.size)
        # From cells of the ground to pixels of the picture.
        corner, ratio = np.array(_ground(*size)) / STRIDE, np.array(image.size) / size * STRIDE
        persons = []
        for body in people.bodies(found, fields):
            parts = []
            for part, peak in sorted(body.parts.items()):
                x, y = (found[part].places[peak] - corner) * ratio
                score = min(1.0, max(0.0, float(found[part].scores[peak])))
                parts.append(BodyPart(part, _inside(x, image.width), _inside(y, image.height), score))
            persons.append(Person(tuple(parts)))
        persons.sort(key=lambda one: -one.score)
        return Poses(tuple(one for one in persons if one.score >= threshold))


def _fitted(width: int, height: int) -> tuple[int, int]:
    """The nearest size of whole cells that has the longer side and about the proportions."""
    ratio = LONGER_SIDE / max(width, height) / STRIDE
    return max(1, round(width * ratio)) * STRIDE, max(1, round(height * ratio)) * STRIDE


def _ground(width: int, height: int) -> tuple[int, int]:
    """Pixels of ground left of what the network sees of the picture and above it, the same on the other sides."""
    left, top = (-(-max(0, SHORTER_SIDE - side) // (2 * STRIDE)) * STRIDE for side in (width, height))
    return left, top


def _inside(place: float, size: int) -> int:
    """The pixel that a place is in."""
    return min(size - 1, max(0, int(place)))
