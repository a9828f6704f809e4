"""What PyTorch saved is read as it was saved; what is damaged is refused in words."""

from __future__ import annotations

import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.catalog.conversion.torch_saved import (
    MAGIC,
    archive_of,
    dictionary,
    file_of,
    refusal,
    row,
    storage,
    tensor,
)

from modelyard.catalog.conversion.format import recognise
from modelyard.catalog.conversion.torch.state_dict import is_torch, read

FILES = Path(__file__).parent / "torch_files"
"""Written by PyTorch 1.13: one state dictionary in either form, with views into a storage that they share."""
NUMBERS = np.arange(12, dtype=np.float32).reshape(3, 4)
reusing_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def in_archive(pickled: bytes) -> bytes:
    """A storage's reference without the older form's last part."""
    return b"\x80\x02" + pickled.replace(b"NtQ", b"tQ") + b"."


@pytest.mark.parametrize("form", ["row", "archive"])
def test_what_pytorch_wrote_comes_back(form: str) -> None:
    found = read(FILES / f"{form}.pth")
    expected = {
        "a": NUMBERS.T,
        "b": NUMBERS[1:],
        "c": NUMBERS[:, ::2],
        "d": np.array(3),
        "e": np.zeros((0, 4), np.float32),
        "f": NUMBERS.astype(np.float16),
        "g": NUMBERS > 3,
    }
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].shape, found[name].dtype) == (array.shape, array.dtype)
        assert found[name].tolist() == array.tolist()


@pytest.mark.parametrize("form", ["row", "archive"])
def test_it_is_told_by_what_is_in_it(form: str, tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes((FILES / f"{form}.pth").read_bytes())
    assert recognise(tmp_path / "weights").format_name == "torch_state_dict"


def test_another_archive_and_another_pickle_are_not_its(tmp_path: Path) -> None:
    assert not is_torch(archive_of(tmp_path / "archive", {"config.json": b"{}"}))
    (tmp_path / "pickle").write_bytes(pickle.dumps({"a": 1}))
    assert not is_torch(tmp_path / "pickle")
    assert not is_torch(tmp_path)


@pytest.mark.parametrize(
    ("sizes", "strides", "offset"),
    [
        ((13,), (1,), 0),
        ((12,), (1,), 1),
        ((3, 4), (5, 1), 0),
        ((1,), (1,), 12),
        ((24,), (0,), 0),
        ((2, 2), (1,), 0),
        ((-1,), (1,), 0),
        ((2,), (-1,), 3),
        ((2,), (1,), -1),
    ],
)
def test_a_tensor_stays_within_its_storage(
    tmp_path: Path, sizes: tuple[int, ...], strides: tuple[int, ...], offset: int
) -> None:
    pickled = dictionary({"a": tensor(storage("0", 12), sizes, strides, offset)})
    numbers = NUMBERS.tobytes()
    said = refusal(tmp_path / "weights", row(pickled, ["0"], [(12, numbers)]))
    assert re.search(r"beyond its storage|no number from 0 up|damaged", said)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (row(dictionary({"a": tensor(storage("0", 4), (4,), (1,))}), ["0"], [(4, bytes(15))]), "ends before"),
        (row(dictionary({"a": tensor(storage("0", 4), (4,), (1,))}), ["0"], [(5, bytes(20))]), "were announced"),
        (row(dictionary({"a": tensor(storage("0", 4), (4,), (1,))}), ["1"], [(4, bytes(16))]), "no tensor is in"),
        (row(dictionary({"a": tensor(storage("0", 4), (4,), (1,))}), [], []), "are missing"),
        (row(dictionary({"a": tensor(storage("0", 4, "QUInt8Storage"), (4,), (1,))}), [], []), "QUInt8Storage"),
        (row(dictionary({}), [], [], little_endian=False), "little-endian"),
        (MAGIC + b"\x80\x02M\xe8\x03.\x80\x02}.", "version"),
        (MAGIC, "damaged"),
    ],
)
def test_numbers_that_are_not_as_announced(tmp_path: Path, content: bytes, word: str) -> None:
    assert word in refusal(tmp_path / "weights", content)


def test_an_archive_is_uncompressed_whole_and_little_endian(tmp_path: Path) -> None:
    pickled = in_archive(dictionary({"a": tensor(storage("0", 2), (2,), (1,))}))
    parts = {"data.pkl": pickled, "data/0": bytes(8), "byteorder": b"little"}
    assert read(archive_of(tmp_path / "whole", parts))["a"].tolist() == [0, 0]
    assert "uncompressed" in refusal(archive_of(tmp_path / "small", parts, zipfile.ZIP_DEFLATED))
    assert "little-endian" in refusal(archive_of(tmp_path / "big", {**parts, "byteorder": b"big"}))
    assert "ends before" in refusal(archive_of(tmp_path / "cut", {**parts, "data/0": bytes(7)}))
    del parts["data/0"]
    assert "no uncompressed data/0" in refusal(archive_of(tmp_path / "without", parts))
    many = {f"{number}": tensor(storage("0", 2**20), (2,), (1,)) for number in range(3)}
    assert "more numbers than it can hold" in refusal(
        archive_of(tmp_path / "many", {"data.pkl": in_archive(dictionary(many)), "data/0": bytes(8)})
    )


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), max_size=8),
        st.lists(st.integers(0, 3), max_size=4),
        max_size=4,
    )
)
@reusing_folder
def test_any_names_and_shapes_come_back(tmp_path: Path, shapes: dict[str, list[int]]) -> None:
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    (tmp_path / "weights").write_bytes(file_of(weights))
    found = read(tmp_path / "weights")
    assert found.keys() == weights.keys()
    assert all(np.array_equal(found[name], weights[name]) for name in weights)
