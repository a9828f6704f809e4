"""model.json: a TensorFlow.js model's graph, signature and list of weights, read without TensorFlow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConversionError
from .manifest import WeightGroup, parse_manifest

NAME = "model.json"
LARGEST = 256 * 2**20
"""Bytes. The largest seen, of a network of 24,000 nodes, has 7 MiB."""


@dataclass(frozen=True)
class ModelJson:
    """A graph model's model.json; the nodes are as TensorFlow's JSON writes them."""

    path: Path
    nodes: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    versions: dict[str, Any]
    signature: dict[str, Any]
    groups: tuple[WeightGroup, ...]


def find_model_json(path: Path) -> Path | None:
    """The model.json in a folder, or the path itself if it is one, whatever its name.

    Raises:
        ConversionError: It is named model.json and is not JSON, or it is a TF.js model of another kind.
    """
    if path.is_dir():
        candidates = [path / NAME] if (path / NAME).is_file() else sorted(path.glob("*.json"))
    else:
        candidates = [path] if _looks_like_json(path) else []
    for candidate in candidates:
        try:
            document = _read_object(candidate)
        except ConversionError:
            if candidate.name == NAME:
                raise
            continue
        if "modelTopology" in document:
            _refuse_other_kinds(document, candidate)
            return candidate
    return None


def _looks_like_json(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return path.name == NAME or file.read(64).lstrip().startswith(b"{")


def read_model_json(path: Path) -> ModelJson:
    """Reads a graph model's model.json.

    Raises:
        ConversionError: It is not JSON, or has not the parts of a graph model.
    """
    document = _read_object(path)
    _refuse_other_kinds(document, path)
    topology = _object(document.get("modelTopology"), "modelTopology", path)
    library = _object(topology.get("library") or {}, "modelTopology.library", path)
    metadata = _object(document.get("userDefinedMetadata") or {}, "userDefinedMetadata", path)
    signature = document.get("signature") or metadata.get("signature") or {}
    if document.get("modelInitializer"):
        raise ConversionError(
            f"{path} has a modelInitializer (tables to fill first), which is not supported: export it without"
        )
    return ModelJson(
        path=path,
        nodes=_objects(topology.get("node"), "modelTopology.node", path),
        functions=_objects(library.get("function") or [], "modelTopology.library.function", path),
        versions=_object(topology.get("versions") or {}, "modelTopology.versions", path),
        signature=_object(signature, "signature", path),
        groups=parse_manifest(document.get("weightsManifest"), path),
    )


def _read_object(path: Path) -> dict[str, Any]:
    size = path.stat().st_size
    if size > LARGEST:
        raise ConversionError(f"{path} has {size} bytes, more than the {LARGEST} that a model.json may have")
    try:
        document = json.loads(path.read_bytes())
        json.dumps(document, ensure_ascii=False).encode()  # half a character passes as JSON, and nowhere else
    except RecursionError as problem:
        raise ConversionError(f"{path} is nested too deeply to be a model.json: fetch the model again") from problem
    except ValueError as problem:
        raise ConversionError(f"{path} is not JSON ({problem}): fetch the model again") from problem
    return _object(document, "the document", path)


def _refuse_other_kinds(document: dict[str, Any], path: Path) -> None:
    """Converters before 1.3 wrote no `format`, but only a graph model's topology is a list of nodes."""
    topology = document.get("modelTopology")
    kind = document.get("format") or (
        "graph-model" if isinstance(topology, dict) and "node" in topology else "layers-model"
    )
    if kind != "graph-model":
        raise ConversionError(
            f"{path} is a TF.js {kind}, and only a graph-model can be converted: export the model as one"
        )


def _object(value: object, what: str, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConversionError(f"{path}: {what} is {_kind(value)} and has to be an object: is it a TF.js model?")
    return value


def _objects(value: object, what: str, path: Path) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ConversionError(f"{path}: {what} is {_kind(value)} and has to be a list: is it a TF.js graph model?")
    return [_object(item, f"{what}[{index}]", path) for index, item in enumerate(value)]


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "missing"}
    return kinds.get(type(value), "a number")
