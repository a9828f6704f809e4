"""Volumes: how many voxels, of what size, how bright, and how much of them is empty. A part of the voxels is read."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from modelyard.volume import Volume

STATISTICS: Mapping[str, str] = {
    "voxels": "logarithm to the base 2 of the number of voxels",
    "longest_side": "voxels of the longest side",
    "millimetres": "edge of a cube of one voxel's volume",
    "spread": "standard deviation of the voxels over their mean",
    "empty": "share of voxels below a hundredth of the brightest",
}

_READ = 60_000


def measure(sent: Volume, learned: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers of a volume."""
    first, second, third = sent.size
    count = first * second * third
    found = {
        "voxels": math.log2(count),
        "longest_side": float(max(sent.size)),
        "millimetres": float(np.cbrt(abs(np.linalg.det(sent.affine[:3, :3])))),
    }
    some = sent.voxels().ravel()[:: max(1, count // _READ)]
    mean, brightest = float(some.mean()), float(some.max())
    if mean > 0 and math.isfinite(brightest):
        found |= {"spread": float(some.std()) / mean, "empty": float((some < 0.01 * brightest).mean())}
    return found
