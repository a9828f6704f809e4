"""Files as torch.save writes them, put together by hand: also such as it never would."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from modelyard.catalog.conversion import ConversionError
from modelyard.catalog.conversion.torch.state_dict import read

MAGIC = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
VERSION = b"\x80\x02M\xe9\x03."
TYPES = {"float32": "FloatStorage", "int64": "LongStorage"}


def text(value: str) -> bytes:
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def tuple_of(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"t"


def call(module: str, name: str, *arguments: bytes) -> bytes:
    return f"c{module}\n{name}\n".encode() + tuple_of(*arguments) + b"R"


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    items = b"".join(text(name) + value for name, value in entries.items())
    return call("collections", "OrderedDict") + b"(" + items + b"u"


def storage(key: str, count: int, kind: str = "FloatStorage") -> bytes:
    place = f"ctorch\n{kind}\n".encode()
    return tuple_of(text("storage"), place, text(key), text("cpu"), number(count), b"N") + b"Q"


def tensor(stored: bytes, sizes: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> bytes:
    shape = (tuple_of(*map(number, sizes)), tuple_of(*map(number, strides)))
    return call("torch._utils", "_rebuild_tensor_v2", stored, number(offset), *shape, b"\x89", dictionary({}))


def row(pickle: bytes, keys: list[str], numbers: list[tuple[int, bytes]], *, little_endian: bool = True) -> bytes:
    """A file of before PyTorch 1.6: three heads, a pickle, the keys of the storages, and the numbers of each."""
    system = b"\x80\x02}(" + text("little_endian") + (b"\x88" if little_endian else b"\x89") + b"u."
    listed = b"\x80\x02](" + b"".join(map(text, keys)) + b"e."
    stored = b"".join(struct.pack("<q", count) + data for count, data in numbers)
    return MAGIC + VERSION + system + b"\x80\x02" + pickle + b"." + listed + stored


def file_of(weights: Mapping[str, NDArray[np.float32 | np.int64]]) -> bytes:
    """A file with these tensors."""
    entries, keys, numbers = {}, [], []
    for key, (name, array) in enumerate(weights.items()):
        strides = tuple(stride // array.itemsize for stride in array.strides)
        stored = storage(str(key), array.size, TYPES[str(array.dtype)])
        entries[name] = tensor(stored, array.shape, strides)
        keys.append(str(key))
        numbers.append((array.size, array.tobytes()))
    return row(dictionary(entries), keys, numbers)


def refusal(path: Path, content: bytes | None = None) -> str:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConversionError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 1_000
    return str(caught.value)


def archive_of(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"model/{name}", content)
    return path
