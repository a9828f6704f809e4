"""Metrics of image to image, by scikit-image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.errors import ModelyardError
from modelyard.tasks.image_to_image import Picture

METRICS = {
    "psnr": Metric("peak signal-to-noise ratio to the true picture, the mean (peak_signal_noise_ratio)", unit="dB"),
    "ssim": Metric(
        "structural similarity to the true picture, the mean over colours and pictures (structural_similarity)"
    ),
    "psnr_gain": Metric("by how much psnr exceeds that of a simple method without a model, the mean", unit="dB"),
    "ssim_gain": Metric("by how much ssim exceeds that of the simple method, the mean"),
}
_MOST = 100.0
"""dB, for pictures that are equal: the ratio is infinite then, and no mean could be taken."""


@dataclass(frozen=True)
class Truth:
    """What the answer should be, and what one would have without a model.

    Attributes:
        pixels: uint8 [height, width, 3], the true picture.
        plain: The same picture by a simple method, such as bicubic interpolation.
    """

    pixels: NDArray[np.uint8]
    plain: NDArray[np.uint8]


def observe(answer: Picture, truth: Truth) -> Row:
    """What is known of one picture.

    Args:
        answer: What the model made.
        truth: What it should have made, and what a simple method makes.
    """
    ratio, similarity = _compared(answer.pixels, truth.pixels)
    plain_ratio, plain_similarity = _compared(truth.plain, truth.pixels)
    gains = {"psnr_gain": ratio - plain_ratio, "ssim_gain": similarity - plain_similarity}
    return {"psnr": ratio, "ssim": similarity, **gains}


def summarise(rows: Sequence[Row]) -> dict[str, float]:
    """The value of each metric."""
    return {name: float(np.mean([row[name] for row in rows])) for name in METRICS}


def _compared(pixels: NDArray[np.uint8], truth: NDArray[np.uint8]) -> tuple[float, float]:
    if pixels.shape != truth.shape:
        raise ModelyardError(f"the answer has {pixels.shape[:2]} pixels and the true picture {truth.shape[:2]}")
    with np.errstate(divide="ignore"):
        ratio = min(_MOST, float(peak_signal_noise_ratio(truth, pixels)))
    return ratio, float(structural_similarity(truth, pixels, channel_axis=2))
