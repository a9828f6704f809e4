"""Weights that went wrong on their way: a layer of zeros, numbers rounded to few bits.

The numbers of a file are changed where they stand, so that all else of it stays as it was: of ONNX (onnx.proto's
TensorProto), of TensorFlow Lite (schema.fbs's Buffer), of TensorFlow.js (shards).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modelyard.catalog.building.fetching import fetch_all
from modelyard.catalog.progress import Progress
from scripts.benchmarks._faults.fault import DoesNotApply, Place

_FEWEST = 512
"""Numbers of a tensor that is a layer's weights, and no bias."""

Numbers = NDArray[np.floating]
Mutation = Callable[[list[Numbers]], None]
"""Changes the numbers of a network in place, tensor by tensor."""


def zeroed(tensors: list[Numbers]) -> None:
    """The largest layer becomes zeros, as of a file that was cut off and filled up."""
    max(tensors, key=len)[:] = 0


def middle_zeroed(tensors: list[Numbers]) -> None:
    """A layer in the middle becomes zeros, as of a variable whose name didn't match."""
    tensors[len(tensors) // 2][:] = 0


def rounded(bits: int) -> Mutation:
    """Each layer to so many bits, one scale for all of it, as the simplest quantisation has it."""

    def mutate(tensors: list[Numbers]) -> None:
        for tensor in tensors:
            step = float(np.abs(tensor).max()) / (2 ** (bits - 1) - 1)
            tensor[:] = np.rint(tensor / step) * step if step else tensor

    return mutate


@dataclass(frozen=True)
class Weights:
    """A file of an asset's weights with other numbers, declared with its own sha256, as one who means it would.

    Attributes:
        path: Which weights, by their `path`.
        mutate: What becomes of the numbers.
    """

    path: str
    mutate: Mutation

    def apply(self, place: Place) -> None:
        """Writes the file beside the asset, and names it in asset.yaml."""
        asset = place.workspace.asset(place.asset)
        fetched = fetch_all(place.workspace, place.cache, asset, Progress())[self.path]
        target = place.folder / "trained" / f"faulty{'.tar.gz' if fetched.is_dir() else fetched.suffix}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(_packed(fetched, self.mutate) if fetched.is_dir() else _file(fetched, self.mutate))
        _declare(place, self.path, target, "weights" if fetched.is_dir() else None)


def _declare(place: Place, path: str, target: Path, member: str | None) -> None:
    """Names another file as the source of weights."""
    manifest = place.folder / "asset.yaml"
    text = manifest.read_text("utf-8")
    found = re.search(rf"^  - path: {re.escape(path)}\n((?:    .*\n)+)", text, re.MULTILINE)
    if found is None:
        raise DoesNotApply(f"{place.asset}/asset.yaml names no weights {path}")
    kept = [line for line in found[1].splitlines() if line.split()[0] in ("license:", "format:")]
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    lines = [f"    source: file:trained/{target.name}", f"    sha256: {digest}", *kept]
    if member:
        lines.append(f"    member: {member}")
    manifest.write_text(text.replace(found[1], "".join(f"{line}\n" for line in lines)), "utf-8")


def _file(file: Path, mutate: Mutation) -> bytes:
    data = bytearray(file.read_bytes())
    if data[4:8] == b"TFL3":
        _mutate_at(data, list(_buffers(data)), np.dtype("<f2"), mutate)
    else:
        _mutate_at(data, list(_tensors(data, 0, len(data))), np.dtype("<f4"), mutate)
    return bytes(data)


def _packed(folder: Path, mutate: Mutation) -> bytes:
    """A folder of TensorFlow.js as an archive, its shards changed."""
    (manifest,) = [file for file in folder.rglob("*.json") if "weightsManifest" in file.read_text("utf-8", "ignore")]
    groups = json.loads(manifest.read_text("utf-8"))["weightsManifest"]
    changed: dict[Path, bytes] = {}
    for group in groups:
        files = [manifest.parent / name for name in group["paths"]]
        data, places, at = bytearray(b"".join(file.read_bytes() for file in files)), [], 0
        for weight in group["weights"]:
            size = int(np.prod(weight["shape"])) * {"float32": 4, "int32": 4, "bool": 1}[weight["dtype"]]
            if weight["dtype"] == "float32" and size >= 4 * _FEWEST:
                places.append((at, at + size))
            at += size
        _mutate_at(data, places, np.dtype("<f4"), mutate)
        for file in files:
            size = file.stat().st_size
            changed[file], data = bytes(data[:size]), data[size:]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            content = changed.get(file) or file.read_bytes()
            entry = tarfile.TarInfo(f"weights/{file.relative_to(folder).as_posix()}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _mutate_at(data: bytearray, places: list[tuple[int, int]], kind: np.dtype[np.floating], mutate: Mutation) -> None:
    if not places:
        raise DoesNotApply("no layer's numbers were found in the file")
    tensors = [np.frombuffer(data[start:end], kind).astype(np.float64) for start, end in places]
    mutate(tensors)
    for (start, end), tensor in zip(places, tensors, strict=True):
        data[start:end] = tensor.astype(kind).tobytes()


def _fields(data: bytes | bytearray, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of each field of a protocol buffer's message."""

    def number() -> int:
        nonlocal start
        value, shift = 0, 0
        while True:
            byte = data[start]
            start += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while start < end:
        tag = number()
        begin = start
        if tag & 7 == 0:
            number()
        elif tag & 7 == 1:
            start += 8
        elif tag & 7 == 5:
            start += 4
        else:
            size = number()
            begin, start = start, start + size
        yield tag >> 3, begin, start


_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_INITIALIZER = 7, 1, 5
_NODE_ATTRIBUTE, _ATTRIBUTE_TENSOR, _ATTRIBUTE_GRAPH = 5, 5, 6
_TENSOR_TYPE, _TENSOR_RAW, _FLOAT = 2, 9, 1


def _tensors(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the numbers of each layer of an ONNX file stand."""
    for number, begin, stop in _fields(data, start, end):
        if number == _MODEL_GRAPH:
            yield from _of_graph(data, begin, stop)


def _of_graph(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    for number, begin, stop in _fields(data, start, end):
        if number == _GRAPH_INITIALIZER:
            yield from _of_tensor(data, begin, stop)
        elif number == _GRAPH_NODE:
            for what, first, last in _fields(data, begin, stop):
                for inner, a, b in _fields(data, first, last) if what == _NODE_ATTRIBUTE else ():
                    if inner == _ATTRIBUTE_TENSOR:
                        yield from _of_tensor(data, a, b)
                    elif inner == _ATTRIBUTE_GRAPH:
                        yield from _of_graph(data, a, b)


def _of_tensor(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    found = {number: (begin, stop) for number, begin, stop in _fields(data, start, end)}
    kind = data[found[_TENSOR_TYPE][0]] if _TENSOR_TYPE in found else 0
    if kind == _FLOAT and _TENSOR_RAW in found:
        begin, stop = found[_TENSOR_RAW]
        if stop - begin >= 4 * _FEWEST:
            yield begin, stop


def _buffers(data: bytearray) -> Iterator[tuple[int, int]]:
    """Where the numbers of each layer of a TensorFlow Lite file of half floats stand."""

    def of(table: int, field: int) -> int | None:
        """Where a table's field points to."""
        virtual = table - struct.unpack_from("<i", data, table)[0]
        if 4 + 2 * field >= struct.unpack_from("<H", data, virtual)[0]:
            return None
        offset = struct.unpack_from("<H", data, virtual + 4 + 2 * field)[0]
        return table + offset + struct.unpack_from("<I", data, table + offset)[0] if offset else None

    buffers = of(struct.unpack_from("<I", data)[0], 4)
    assert buffers is not None
    for number in range(struct.unpack_from("<I", data, buffers)[0]):
        place = buffers + 4 + 4 * number
        content = of(place + struct.unpack_from("<I", data, place)[0], 0)
        if content is not None and (size := struct.unpack_from("<I", data, content)[0]) >= 2 * _FEWEST:
            yield content + 4, content + 4 + size
