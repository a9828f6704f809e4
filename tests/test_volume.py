"""A volume as it comes in."""

from __future__ import annotations

import gzip
import struct

import nibabel
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard import BadInput, Volume, VolumeMask, tasks
from modelyard.bounds import Bounds

SMALL = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
TASK = tasks.load("volume-segmentation")


def encoded(voxels: np.ndarray, spacing: tuple[float, ...] = (1, 1, 1)) -> bytes:
    return bytes(nibabel.Nifti1Image(voxels, np.diag([*spacing, 1])).to_bytes())


def misled(offset: float) -> bytes:
    """A file whose header says that the voxels begin elsewhere."""
    data = bytearray(encoded(SMALL))
    struct.pack_into("<f", data, 108, offset)
    return bytes(data)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64])
def test_any_usual_kind_of_number_is_read(kind: type) -> None:
    volume = Volume.parse(encoded(SMALL.astype(kind), (1, 2, 3)))
    assert volume.size == (2, 3, 4)
    assert volume.spacing == (1, 2, 3)
    assert volume.voxels().dtype == np.float32
    np.testing.assert_array_equal(volume.voxels(), SMALL)


def test_it_may_be_zipped_and_have_an_axis_of_one() -> None:
    volume = Volume.parse(gzip.compress(encoded(SMALL[..., np.newaxis])))
    np.testing.assert_array_equal(volume.voxels(), SMALL)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", 400, "empty"),
        (b"hello" * 100, 400, "no volume that can be read"),
        (encoded(SMALL)[:360], 400, "promises more voxels"),
        (gzip.compress(encoded(SMALL), mtime=0)[:-9], 400, "no whole gzip"),
        (gzip.compress(bytes(10_000_000), mtime=0), 413, "too large"),
        (encoded(np.zeros((20, 20, 20), np.uint8)), 413, "at most 1,000"),
        (encoded(np.zeros((2, 3), np.uint8)), 400, "2 × 3 numbers"),
        (encoded(np.zeros((2, 3, 4, 5), np.uint8)), 400, "send one volume"),
        (encoded(np.zeros((2, 2, 2), np.complex64)), 400, "complex64"),
        (misled(1e9), 400, "promises more voxels"),
        (misled(-1e9), 400, "volume"),
        (misled(np.nan), 400, "volume"),
    ],
)
def test_what_is_no_volume_is_refused_in_words(data: bytes, code: int, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        Volume.parse(data, Bounds(voxels=1_000)).voxels()
    assert refused.value.code == code


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(BadInput, match="not finite"):
        Volume.parse(encoded(np.full((2, 2, 2), np.nan, np.float32))).voxels()


@given(st.integers(0, 351), st.integers(0, 255), st.integers(0, 400))
def test_a_damaged_file_is_a_volume_or_refused(at: int, byte: int, length: int) -> None:
    data = bytearray(encoded(SMALL))
    data[at] = byte
    try:
        voxels = Volume.parse(bytes(data[:length]), Bounds(voxels=1_000)).voxels()
    except BadInput:
        return
    assert voxels.ndim == 3
    assert voxels.size <= 1_000


def mask(found: np.ndarray) -> VolumeMask:
    return VolumeMask(found, np.eye(4))


def test_masks_are_compared_by_what_they_share() -> None:
    first, second = np.zeros((2, 10, 10, 10), bool)
    first[:4], second[2:6] = True, True
    assert TASK.difference(mask(first), mask(second)) == {"dice_loss": 0.5, "volume": 0.0}
    assert TASK.difference(mask(first), mask(first[:5]))["dice_loss"] == 1
    nothing = mask(np.zeros((3, 3, 3), bool))
    assert TASK.difference(nothing, nothing) == {"dice_loss": 0.0, "volume": 0.0}


def test_a_mask_is_drawn_in_three_slices() -> None:
    volume = Volume.parse(encoded(SMALL))
    assert TASK.draw(volume, mask(SMALL > 12), ()).size == (480, 160)
    assert TASK.draw(volume, mask(SMALL > 100), ()).size == (480, 160)
