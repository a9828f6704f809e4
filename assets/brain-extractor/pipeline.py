"""DeepBrain's extractor: the head at 128 × 128 × 128 voxels, a small 3D U-Net, its answer at the size that was sent.

It follows `deepbrain/extractor.py` of deepbrain 0.1, whose scaling is scikit-image's `resize` with `anti_aliasing`:
a Gaussian filter where a volume shrinks, then linear interpolation, with zeros beyond the edges.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from modelyard import BadInput, Parameter, Pipeline, Tensors, Volume, VolumeMask

SIDE = 128
TRUNCATE = 4
"""Standard deviations at which the filter ends, as SciPy's does."""


class BrainExtractor(Pipeline[Volume, VolumeMask]):
    """Marks the voxels of a head's magnetic resonance image that are brain."""

    def load(self, weights: Path) -> None:
        self.model = self.runtime.load(weights / "deepbrain")

    def preprocess(self, volume: Volume) -> Tensors:
        seen = resized(volume.voxels(), (SIDE, SIDE, SIDE))
        brightest = float(seen.max())
        if not brightest > 0:
            raise BadInput("the volume is empty: no voxel is brighter than 0")
        return {self.model.inputs[0].name: (seen / brightest)[np.newaxis, ..., np.newaxis]}

    def postprocess(
        self,
        tensors: Tensors,
        volume: Volume,
        *,
        threshold: Annotated[float, Parameter("How likely a voxel must be brain to be marked.", 0, 1)] = 0.5,
    ) -> VolumeMask:
        (probability,) = tensors.values()
        return VolumeMask(resized(probability[0, ..., 0], volume.size) > threshold, volume.affine)


def resized(volume: NDArray[np.float32], size: tuple[int, int, int]) -> NDArray[np.float32]:
    """A volume at another size, axis by axis: filter and interpolation are separable.

    Args:
        volume: float32 [x, y, z].
        size: Voxels wanted along each axis.
    """
    for axis, wanted in enumerate(size):
        there = volume.shape[axis]
        if there != wanted:
            volume = np.moveaxis(np.tensordot(weights(there, wanted), volume, axes=(1, axis)), 0, axis)
    return np.ascontiguousarray(volume, np.float32)


def weights(there: int, wanted: int) -> NDArray[np.float32]:
    """float32 [wanted, there]: what each voxel that is there adds to each one that is wanted."""
    factor = there / wanted
    places = (np.arange(wanted) + 0.5) * factor - 0.5
    before = np.floor(places).astype(int)
    share = places - before
    linear = np.zeros((wanted, there))
    for corner, part in ((before, 1 - share), (before + 1, share)):
        inside = (corner >= 0) & (corner < there)
        np.add.at(linear, (np.flatnonzero(inside), corner[inside]), part[inside])
    deviation = max(0.0, (factor - 1) / 2)
    if deviation == 0:
        return linear.astype(np.float32)
    radius = int(TRUNCATE * deviation + 0.5)
    offsets = np.arange(-radius, radius + 1)
    bell = np.exp(-0.5 * (offsets / deviation) ** 2)
    distance = np.abs(np.subtract.outer(np.arange(there), np.arange(there)))
    kernel = np.where(distance <= radius, bell[radius + np.minimum(distance, radius)], 0) / bell.sum()
    return (linear @ kernel).astype(np.float32)
