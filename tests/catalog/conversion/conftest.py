"""TensorFlow.js models made by hand, as small as they come."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

TYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL", "string": "DT_STRING"}


class TfjsModel:
    """A model in the making: say what its nodes are, then `write` it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: list[dict[str, Any]] = []
        self.weights: list[dict[str, Any]] = []
        self.stored: list[bytes] = []

    def input(self, name: str, *sizes: int, dtype: str = "DT_FLOAT") -> str:
        shape = {"shape": {"dim": [{"size": str(size)} for size in sizes]}}
        return self.node(name, "Placeholder", dtype={"type": dtype}, shape=shape)

    def constant(self, name: str, values: Any, quantization: dict[str, Any] | None = None, dtype: str = "") -> str:
        """A constant with its weight; quantised values are given as they are stored."""
        stored = np.asarray(values)
        spec: dict[str, Any] = {
            "name": name,
            "shape": list(stored.shape),
            "dtype": dtype or str(stored.dtype),
        }
        if quantization is not None:
            spec["quantization"] = quantization
        self.weights.append(spec)
        self.stored.append(
            b"".join(_string(one) for one in stored.flat) if spec["dtype"] == "string" else stored.tobytes()
        )
        tensor = {
            "dtype": TYPES[spec["dtype"]],
            "tensorShape": {"dim": [{"size": str(size)} for size in stored.shape]},
        }
        return self.node(name, "Const", value={"tensor": tensor}, dtype={"type": TYPES[spec["dtype"]]})

    def node(self, name: str, operation: str, inputs: Sequence[str] = (), **attributes: Any) -> str:
        self.nodes.append({"name": name, "op": operation, "input": list(inputs), "attr": attributes})
        return name

    def write(self, shard_bytes: int = 10**9, **parts: Any) -> Path:
        content = b"".join(self.stored)
        shards = [content[start : start + shard_bytes] for start in range(0, len(content), shard_bytes)] or [b""]
        names = [f"group1-shard{number}of{len(shards)}.bin" for number in range(1, len(shards) + 1)]
        for name, shard in zip(names, shards, strict=True):
            (self.folder / name).write_bytes(shard)
        document = {
            "format": "graph-model",
            "modelTopology": {"node": self.nodes, "library": {}, "versions": {"producer": 1395}},
            "weightsManifest": [{"paths": names, "weights": self.weights}],
        }
        (self.folder / "model.json").write_text(json.dumps(document | parts))
        return self.folder


def _string(value: Any) -> bytes:
    encoded = value.encode() if isinstance(value, str) else bytes(value)
    return len(encoded).to_bytes(4, "little") + encoded


@pytest.fixture
def tfjs_model(tmp_path: Path) -> TfjsModel:
    folder = tmp_path / "published"
    folder.mkdir()
    return TfjsModel(folder)


@pytest.fixture
def doubling(tfjs_model: TfjsModel) -> Path:
    """y = 2 x, in two shards: for tests of what is around a network."""
    tfjs_model.input("x", -1, 2)
    tfjs_model.constant("two", np.array([2, 2], np.float32))
    tfjs_model.node("y", "Mul", ["x", "two"], T={"type": "DT_FLOAT"})
    return tfjs_model.write(shard_bytes=4)
