"""Volume segmentation: which voxels of a volume belong to what is looked for."""

from __future__ import annotations

import base64
import binascii
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from modelyard.bounds import Bounds
from modelyard.errors import BadInput, ModelyardError
from modelyard.tasks import canvas
from modelyard.tasks.task import AnswerFile, Measure, Task
from modelyard.volume import Volume, nibabel_package

_SIDE = canvas.WIDTH // 3
_LARGEST = Bounds(voxels=1_000_000_000)
_OUTLINE = (255, 140, 0)


@dataclass(frozen=True)
class VolumeMask:
    """The voxels that belong to it.

    Attributes:
        mask: bool [x, y, z], as many voxels as were sent.
        affine: float64 [4, 4], from indices to millimetres, as it was sent.
    """

    mask: NDArray[np.bool_]
    affine: NDArray[np.float64]

    @property
    def millilitres(self) -> float:
        """The volume of what was found."""
        return float(self.mask.sum()) * abs(float(np.linalg.det(self.affine[:3, :3]))) / 1_000


def _encode(answer: VolumeMask) -> dict[str, Any]:
    return {
        "volume_size": list(answer.mask.shape),
        "millilitres": answer.millilitres,
        "mask": base64.b64encode(_file(answer)).decode(),
    }


def _file(answer: VolumeMask) -> bytes:
    """A .nii.gz file, the same bytes for the same answer."""
    nibabel = nibabel_package()
    image = nibabel.Nifti1Image(answer.mask.astype(np.uint8), answer.affine)
    return gzip.compress(image.to_bytes(), compresslevel=6, mtime=0)


def _decode(body: Mapping[str, Any]) -> VolumeMask:
    try:
        volume = Volume.parse(base64.b64decode(body["mask"], validate=True), _LARGEST)
        return VolumeMask(volume.voxels() > 0, volume.affine)
    except (KeyError, TypeError, ValueError, binascii.Error, BadInput) as error:
        raise ModelyardError(f"this is no answer of volume-segmentation: {error!r}") from None


def _difference(expected: VolumeMask, got: VolumeMask) -> dict[str, float]:
    if expected.mask.shape != got.mask.shape:
        return {"dice_loss": 1.0, "volume": 1.0}
    both = float((expected.mask & got.mask).sum())
    sizes = float(expected.mask.sum()), float(got.mask.sum())
    dice = 2 * both / sum(sizes) if sum(sizes) else 1.0
    return {"dice_loss": 1 - dice, "volume": abs(sizes[0] - sizes[1]) / max(*sizes, 1.0)}


def _describe(answer: VolumeMask, labels: Sequence[str]) -> str:
    size = " × ".join(map(str, answer.mask.shape))
    named = labels[0] if labels else "found"
    return f"{size} voxels: {named} {answer.mask.mean():.1%}, {answer.millilitres:,.0f} ml"


def _draw(volume: Volume, answer: VolumeMask, labels: Sequence[str]) -> PIL.Image.Image:
    """Three slices through the middle of what was found, its edge drawn."""
    inside = np.argwhere(answer.mask)
    middle = inside.mean(axis=0).astype(int) if len(inside) else np.array(answer.mask.shape) // 2
    return slices(volume.voxels(), middle, answer.mask)


def slices(
    voxels: NDArray[np.float32], middle: NDArray[np.integer], mask: NDArray[np.bool_] | None = None
) -> PIL.Image.Image:
    """Three slices of a volume, one across each axis.

    Args:
        voxels: [x, y, z].
        middle: [3], the voxel that they meet in.
        mask: [x, y, z], whose edge is drawn.
    """
    shown = np.clip(voxels / max(float(np.percentile(voxels, 99.5)), 1e-9), 0, 1)
    whole = PIL.Image.new("RGB", (canvas.WIDTH, _SIDE), "black")
    for axis in range(3):
        grey = np.rot90(np.take(shown, middle[axis], axis))
        colours = np.repeat((grey * 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
        if mask is not None:
            colours[_edge(np.rot90(np.take(mask, middle[axis], axis)))] = _OUTLINE
        part = PIL.Image.fromarray(colours)
        part.thumbnail((_SIDE, _SIDE))
        whole.paste(part, (axis * _SIDE + (_SIDE - part.width) // 2, (_SIDE - part.height) // 2))
    return whole


def _edge(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of the mask that have a neighbour outside."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    edge: NDArray[np.bool_] = mask & ~inner
    return edge


def _write(answer: VolumeMask, path: Path) -> None:
    path.write_bytes(_file(answer))


def _read(path: Path) -> VolumeMask:
    try:
        volume = Volume.parse(path.read_bytes(), _LARGEST)
        return VolumeMask(volume.voxels() > 0, volume.affine)
    except (OSError, BadInput) as error:
        raise ModelyardError(f"{path}: the expected answer can't be read ({error})") from None


TASK = Task(
    name="volume-segmentation",
    title="Volume Segmentation",
    input=Volume,
    output=VolumeMask,
    schema={
        "volume_size": {
            "type": "array",
            "items": {"type": "integer"},
            "minItems": 3,
            "maxItems": 3,
            "description": "Voxels along each axis: those of the volume sent.",
            "example": [1, 2, 2],
        },
        "millilitres": {"type": "number", "description": "The volume of what was found.", "example": 0.012},
        "mask": {
            "type": "string",
            "format": "byte",
            "description": "A gzipped NIfTI-1 file of 8-bit integers, as base64: 1 where a voxel belongs to it.",
            # Three voxels of four, of 1 × 2 × 2 mm each.
            "example": (
                "H4sIAAAAAAAAA4thZCAKMDMwMjABISMUogImBg4w3WAPwQwOEAzjw/AGZ6j8IAFMeOSwutOBSDGGPG1DCIORkREA3o9bVGQBAAA="
            ),
        },
    },
    encode=_encode,
    decode=_decode,
    measures={
        "dice_loss": Measure("1 - Dice coefficient of the voxels found in either answer", 0.005),
        "volume": Measure("difference of the volumes found, as a share of the larger", 0.01),
    },
    difference=_difference,
    describe=_describe,
    draw=_draw,
    suffix=".nii.gz",
    write=_write,
    read=_read,
    file=AnswerFile("application/gzip", "mask"),
)
