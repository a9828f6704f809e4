"""A volume, such as a magnetic resonance image of a head, as a pipeline sees it."""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from modelyard.bounds import Bounds
from modelyard.errors import BadInput, ModelyardError

_GZIP = b"\x1f\x8b"
_HEADER = 100_000
"""Bytes that a header with its extensions may take."""
_WIDEST = 8
"""Bytes of the widest number that is read: a float64."""


class Volume:
    """A NIfTI-1 volume (https://nifti.nimh.nih.gov/nifti-1), decoded when its voxels are first asked for.

    An asset that takes volumes names `nibabel` under `requirements` in asset.yaml: images of other assets ship
    without it.
    """

    field: ClassVar[str] = "volume"
    """The multipart field that clients send a volume in."""
    media_types: ClassVar[tuple[str, ...]] = ("application/gzip", "application/x-gzip", "application/x-nifti")
    written: ClassVar[bool] = False
    most: ClassVar[int] = 4

    def __init__(self, image: Any) -> None:
        self._image = image
        self.affine: NDArray[np.float64] = np.asarray(image.affine, np.float64)
        """[4, 4], from indices to millimetres."""

    @classmethod
    def parse(cls, data: bytes, bounds: Bounds = Bounds()) -> Volume:
        """Reads a volume of one channel, gzipped or not.

        Args:
            data: A NIfTI-1 file (`.nii` or `.nii.gz`).
            bounds: A volume of more voxels is refused before it is decoded.

        Raises:
            BadInput: The bytes are no such file (400), or the volume is too large (413).
        """
        if not data:
            raise BadInput("the volume is empty: send the bytes of a .nii or .nii.gz file")
        plain = _unzipped(data, bounds.voxels * _WIDEST + _HEADER) if data.startswith(_GZIP) else data
        nibabel = nibabel_package()
        try:
            image = nibabel.Nifti1Image.from_bytes(plain)
            shape = tuple(int(size) for size in image.shape)
            dtype = image.get_data_dtype()
            offset = int(image.dataobj.offset)
        except Exception:  # What a damaged header makes nibabel raise is no short list.
            raise BadInput("this is no volume that can be read: send a NIfTI file, .nii or .nii.gz") from None
        while len(shape) > 3 and shape[-1] == 1:
            shape = shape[:-1]
        if len(shape) != 3 or min(shape) < 1:
            raise BadInput(f"the file holds {' × '.join(map(str, shape)) or 'no'} numbers: send one volume")
        count = shape[0] * shape[1] * shape[2]
        if count > bounds.voxels:
            raise BadInput(f"the volume has {count:,} voxels: send one of at most {bounds.voxels:,}", code=413)
        if dtype.kind not in "iuf" or dtype.itemsize > _WIDEST:
            raise BadInput(f"voxels of the type {dtype} are not read here: save them as 32-bit floats")
        if offset < 0 or offset + count * dtype.itemsize > len(plain):
            raise BadInput("the volume is damaged: its header promises more voxels than follow")
        return cls(image)

    @property
    def size(self) -> tuple[int, int, int]:
        """Voxels along each axis."""
        first, second, third = self._image.shape[:3]
        return int(first), int(second), int(third)

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Millimetres between voxels along each axis."""
        first, second, third = (float(size) for size in np.sqrt((self.affine[:3, :3] ** 2).sum(0)))
        return first, second, third

    def voxels(self) -> NDArray[np.float32]:
        """The volume as an array.

        Returns:
            float32 [x, y, z], with the header's scaling applied.

        Raises:
            BadInput: The file is damaged, or its numbers are not finite.
        """
        try:
            found: NDArray[np.float32] = np.asarray(self._image.dataobj, np.float32).reshape(self.size)
        except Exception:  # As in parse.
            raise BadInput("the volume is damaged: send a file that opens in a viewer") from None
        if not np.isfinite(found).all():
            raise BadInput("the volume holds numbers that are not finite: replace them, by 0 outside the body")
        return found


def _unzipped(data: bytes, most: int) -> bytes:
    """What a gzip file holds, as far as it is bounded."""
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(data, most + 1)
    except zlib.error:
        raise BadInput("the volume is damaged: it is no whole gzip file") from None
    if len(plain) > most:
        raise BadInput(f"the volume is too large: unzipped it has more than {most:,} bytes", code=413)
    if not stream.eof:
        raise BadInput("the volume is damaged: it is no whole gzip file")
    return plain


def nibabel_package() -> Any:
    """The library that reads and writes volumes, which only images of assets that take them have."""
    try:
        return import_module("nibabel")
    except ModuleNotFoundError:
        raise ModelyardError(
            "volumes are read with nibabel, which is not installed: name it under `requirements` in asset.yaml, and "
            "run modelyard update"
        ) from None
