"""Volumes: of every type of number, lying and standing, of one voxel, flat, and what is none."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.kinds import Odd, Seed, Seen
from modelyard.tasks.volume_segmentation import slices
from modelyard.volume import Volume, nibabel_package

_LONGEST = 48
_PLAIN = "32-bit floats"
_MILLIMETRES = np.diag([2.0, 2.0, 2.0, 1.0])


def _ball(radius: float) -> NDArray[np.float32]:
    places = np.indices((24, 28, 20)) - np.array([12, 14, 10]).reshape(3, 1, 1, 1)
    ball: NDArray[np.float32] = np.exp(-(((places**2).sum(0) / radius**2) ** 2)).astype(np.float32)
    return ball


def strong() -> bytes:
    """A bright ball that fills the room."""
    return _encoded((_ball(12) * 200).astype(np.int16), _MILLIMETRES)


def weak() -> bytes:
    """A grain in the dark."""
    return _encoded((_ball(1.2) * 200).astype(np.int16), _MILLIMETRES)


def bad() -> Mapping[str, tuple[bytes, str]]:
    """What is no volume, and what is no whole one."""
    whole = strong()
    return {
        "notes.txt": (b"This is no volume.\n", "Written by `modelyard new`"),
        "empty.nii.gz": (b"", "A file of no bytes"),
        "truncated.nii.gz": (whole[: len(whole) // 2], "The first half of strong.nii.gz"),
    }


SEED = Seed(
    suffix=".nii.gz",
    strong=strong,
    weak=weak,
    bad=bad,
    code=(
        "voxels = np.abs(volume.voxels())",
        'return {"input": (voxels / max(float(voxels.max()), 1e-6)).reshape(1, -1)}',
    ),
    domain="Medicine",
    input_format="One volume as NIfTI-1, .nii or .nii.gz",
    requirements=("nibabel>=5.3",),
)


def seen(data: bytes) -> Seen:
    """Three slices through its middle."""
    media_type = Volume.media_types[0 if data.startswith(b"\x1f\x8b") else 2]
    volume = Volume.parse(data)
    middle = np.array(volume.size) // 2
    return Seen(media_type, picture=slices(volume.voxels(), middle))


def odd(sample: bytes | None) -> Iterator[Odd]:
    """Volumes of every sort, made of one.

    Args:
        sample: An ordinary volume, of which every second or third voxel is taken where it is large; a ball if left out.
    """
    volume = Volume.parse(sample or strong())
    step = -(-max(volume.size) // _LONGEST)
    whole = np.round(volume.voxels()[::step, ::step, ::step])
    affine = volume.affine @ np.diag([step, step, step, 1.0])
    yield Odd(_PLAIN, _encoded(whole, affine))
    yield Odd("not zipped", gzip.decompress(_encoded(whole, affine)), like=_PLAIN)
    yield Odd("64-bit floats", _encoded(whole.astype(np.float64), affine), like=_PLAIN)
    yield Odd("32-bit integers", _encoded(whole.astype(np.int32), affine), like=_PLAIN)
    yield Odd("numbers from right to left", _encoded(whole.astype(">f4"), affine), like=_PLAIN)
    yield Odd("a series of one", _encoded(whole[..., np.newaxis], affine), like=_PLAIN)
    yield Odd("8 bits", _encoded(np.clip(whole / max(float(whole.max()), 1) * 255, 0, 255).astype(np.uint8), affine))
    yield Odd("lying on its side", _encoded(np.ascontiguousarray(whole.transpose(2, 0, 1)), affine[:, [2, 0, 1, 3]]))
    yield Odd("tilted", _encoded(whole, affine @ _tilt()))
    yield Odd("without a place in the room", _encoded(whole, np.eye(4)), "either")
    yield Odd("below zero", _encoded(whole - 1_000, affine), "either")
    yield Odd("one voxel", _encoded(np.ones((1, 1, 1), np.float32), affine), "either")
    yield Odd("one slice", _encoded(whole[:, :, whole.shape[2] // 2 :][:, :, :1], affine), "either")
    yield Odd("dark", _encoded(np.zeros((9, 9, 9), np.float32), affine), "either")
    yield Odd("the same everywhere", _encoded(np.full((9, 9, 9), 80, np.float32), affine), "either")
    yield Odd("with what is no number", _encoded(np.full((9, 9, 9), np.nan, np.float32), affine), "refusal")
    yield Odd("three volumes", _encoded(np.ones((9, 9, 9, 3), np.float32), affine), "refusal")
    data = _encoded(whole, affine)
    yield Odd("truncated", data[: len(data) // 2], "refusal")
    yield Odd("a header alone", gzip.decompress(data)[:352], "refusal")
    yield Odd("no volume", b"This is no volume.\n", "refusal")
    yield Odd("empty", b"", "refusal")


def _tilt() -> NDArray[np.float64]:
    """Turned by 20 degrees about the last axis."""
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(0.35), -np.sin(0.35)], [np.sin(0.35), np.cos(0.35)]]
    return turn


def _encoded(voxels: NDArray[Any], affine: NDArray[np.float64]) -> bytes:
    nibabel = nibabel_package()
    header = nibabel.Nifti1Header(endianness=">" if voxels.dtype.byteorder == ">" else "<")
    header.set_data_dtype(voxels.dtype)
    return gzip.compress(nibabel.Nifti1Image(voxels, affine, header).to_bytes(), compresslevel=6, mtime=0)
