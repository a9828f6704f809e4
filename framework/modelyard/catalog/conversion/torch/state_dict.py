"""PyTorch's state dictionaries (.pth, .pt, .bin): the weights of a network by name, as `torch.save` wrote them.

There are two forms of the file. Since PyTorch 1.6 it is a ZIP archive with the pickle in `data.pkl` and the
numbers of each storage in a member of their own; before, pickles and numbers stood in one row. In both, the
pickle only says which part of which storage each tensor is. https://pytorch.org/docs/stable/notes/serialization.html
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConversionError
from . import pickles
from .pickles import Name, Refused

Weights = dict[str, NDArray[Any]]

_ROW_START = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""The pickle of PyTorch's magic number, which starts a file of the older form."""
_ROW_VERSION = 1001
_PICKLE = "data.pkl"

_TYPES: dict[str, np.dtype[Any]] = {
    "torch.FloatStorage": np.dtype("<f4"),
    "torch.DoubleStorage": np.dtype("<f8"),
    "torch.HalfStorage": np.dtype("<f2"),
    "torch.LongStorage": np.dtype("<i8"),
    "torch.IntStorage": np.dtype("<i4"),
    "torch.ByteStorage": np.dtype("u1"),
    "torch.BoolStorage": np.dtype("?"),
}

_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError, LookupError)
"""What Python's reader of archives raises for one that is none, is cut, or is encrypted."""


@dataclass(frozen=True)
class _Storage:
    """A row of numbers that is kept beside the pickle."""

    key: str
    dtype: np.dtype[Any]
    count: int


@dataclass(frozen=True)
class _Tensor:
    """A part of a storage, seen as an array."""

    storage: _Storage
    offset: int
    sizes: tuple[int, ...]
    strides: tuple[int, ...]

    def array(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """The array, out of all numbers of the storage."""
        steps = [(size - 1) * stride for size, stride in zip(self.sizes, self.strides, strict=True)]
        count = math.prod(self.sizes)
        if count > len(numbers) or (count and self.offset + sum(steps) >= len(numbers)):
            raise Refused("a tensor reaches beyond its storage")
        strides = [stride * numbers.itemsize for stride in self.strides]
        return np.lib.stride_tricks.as_strided(numbers[self.offset :], self.sizes, strides, writeable=False)


def is_torch(path: Path) -> bool:
    """Whether a file is one that torch.save wrote, told by its first bytes or by what is in the archive."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(_ROW_START)) == _ROW_START:
            return True
    try:
        if not zipfile.is_zipfile(path):
            return False
        with zipfile.ZipFile(path) as archive:
            return _folder(archive) is not None
    except _DAMAGED:
        return False


def read(path: Path) -> Weights:
    """The tensors of a state dictionary by name. Nothing that the file names is imported or called.

    Raises:
        ConversionError: It is damaged, or holds anything else than tensors by name.
    """
    content = path.read_bytes()
    try:
        if content.startswith(_ROW_START):
            return _read_row(io.BytesIO(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_archive(archive, len(content))
    except Refused as problem:
        raise ConversionError(f"{path}: {problem}") from problem
    except _DAMAGED as problem:
        raise ConversionError(f"{path} is damaged ({type(problem).__name__}): fetch it again") from problem


def _read_archive(archive: zipfile.ZipFile, size: int) -> Weights:
    folder = _folder(archive)
    if folder is None:
        raise Refused(f"it holds no {_PICKLE}")

    def member(name: str) -> bytes:
        info = archive.NameToInfo.get(folder + name)
        # torch.save compresses nothing, so that no member is larger than the file.
        if info is None or info.compress_type != zipfile.ZIP_STORED:
            raise Refused(f"it holds no uncompressed {name[:100]}")
        return archive.read(info)

    if f"{folder}byteorder" in archive.NameToInfo and member("byteorder") != b"little":
        raise Refused("its numbers are not little-endian: save it on another machine")
    tensors = _tensors(io.BytesIO(member(_PICKLE)))
    storages = {one.storage for one in tensors.values()}
    if sum(one.count * one.dtype.itemsize for one in storages) > size:
        raise Refused("its tensors have more numbers than it can hold")
    numbers = {storage: _numbers(member(f"data/{storage.key}"), storage) for storage in storages}
    return {name: one.array(numbers[one.storage]) for name, one in tensors.items()}


def _folder(archive: zipfile.ZipFile) -> str | None:
    """The one folder that all members of the archive are in, up to the slash."""
    found = [name.removesuffix(_PICKLE) for name in archive.namelist() if name.endswith(f"/{_PICKLE}")]
    return found[0] if len(found) == 1 else None


def _read_row(stream: io.BytesIO) -> Weights:
    _magic, version, system = (pickles.read(stream, {}, _nothing_outside) for _ in range(3))
    if version != _ROW_VERSION or not isinstance(system, dict):
        raise Refused("it is of a version that is not known here: save it with a newer PyTorch")
    if system.get("little_endian") is not True:
        raise Refused("its numbers are not little-endian: save it on another machine")
    tensors = _tensors(stream)
    storages = {one.storage.key: one.storage for one in tensors.values()}
    keys = pickles.read(stream, {}, _nothing_outside)
    if not isinstance(keys, list):
        raise Refused("it doesn't say in which order its storages stand")
    numbers = {}
    for key in keys:
        storage = storages.get(key) if isinstance(key, str) else None
        if storage is None:
            raise Refused("it holds a storage that no tensor is in")
        count = int.from_bytes(stream.read(8), "little", signed=True)
        if count != storage.count:
            raise Refused(f"it holds {count} numbers of a storage, and {storage.count} were announced")
        numbers[storage] = _numbers(stream.read(storage.count * storage.dtype.itemsize), storage)
    if any(one.storage not in numbers for one in tensors.values()):
        raise Refused("the numbers of a tensor are missing")
    return {name: one.array(numbers[one.storage]) for name, one in tensors.items()}


def _tensors(stream: io.BytesIO) -> dict[str, _Tensor]:
    names: dict[str, Callable[..., Any] | None] = {
        "collections.OrderedDict": _dictionary,
        "torch._utils._rebuild_tensor_v2": _tensor,
        **dict.fromkeys(_TYPES),
    }
    found = pickles.read(stream, names, _storage)
    if not isinstance(found, dict):
        raise Refused("it holds no dictionary: save the model's state_dict()")
    for name, value in found.items():
        if not isinstance(value, _Tensor):
            raise Refused(f"{name[:100]!r} is no tensor: save the model's state_dict() and nothing else")
    return found


def _dictionary() -> dict[str, Any]:
    """In place of collections.OrderedDict, which torch.save calls without arguments."""
    return {}


def _storage(reference: Any) -> _Storage:
    """What a persistent id means: ("storage", type, key, device, count), in the older form with a view of None."""
    if not isinstance(reference, tuple) or reference[5:] not in ((), (None,)):
        raise Refused("its pickle refers to what is no storage")
    kind, dtype, key, _device, count = reference[:5]
    if kind != "storage" or not isinstance(dtype, Name) or not isinstance(key, str):
        raise Refused("its pickle refers to what is no storage")
    if dtype.full not in _TYPES:
        raise Refused(f"{dtype.full[:100]} holds no numbers that are known here")
    return _Storage(key, _TYPES[dtype.full], _whole(count))


def _tensor(storage: Any, offset: Any, sizes: Any, strides: Any, *_: Any) -> _Tensor:
    """In place of torch._utils._rebuild_tensor_v2; what follows concerns training."""
    if not isinstance(storage, _Storage) or not isinstance(sizes, tuple) or not isinstance(strides, tuple):
        raise Refused("its pickle makes a tensor of something else than a storage")
    return _Tensor(storage, _whole(offset), tuple(map(_whole, sizes)), tuple(map(_whole, strides)))


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**48:
        raise Refused("a size in its pickle is no number from 0 up")
    return value


def _numbers(data: bytes, storage: _Storage) -> NDArray[Any]:
    if len(data) != storage.count * storage.dtype.itemsize:
        raise Refused("it ends before the numbers of its tensors do")
    return np.frombuffer(data, storage.dtype)


def _nothing_outside(reference: Any) -> Any:
    raise Refused("its pickle refers to data where there is none")
