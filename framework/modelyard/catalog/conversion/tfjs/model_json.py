"""model.json: a TensorFlow.js model's graph or layers, signature and list of weights, read without TensorFlow."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConversionError
from .manifest import WeightGroup, parse_manifest

NAME = "model.json"
GRAPH, LAYERS = "graph-model", "layers-model"
"""The kinds of model that TensorFlow.js has: TensorFlow's graphs, and Keras's layers."""
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


@dataclass(frozen=True)
class LayersJson:
    """A layers model's model.json; the layers are as Keras 2 writes them."""

    path: Path
    class_name: str
    config: dict[str, Any]
    groups: tuple[WeightGroup, ...]


def find_model_json(path: Path, kind: str) -> Path | None:
    """The model.json in a folder, or the path itself if it is one, whatever its name; None if it is of the other kind.

    Raises:
        ConversionError: It is named model.json and is not JSON, or it is a TF.js model of a kind not known here.
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
            return candidate if _kind_of(document, candidate) == kind else None
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
    document = _document(path, GRAPH)
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


def read_layers_json(path: Path) -> LayersJson:
    """Reads a layers model's model.json.

    Raises:
        ConversionError: It is not JSON, or has not the parts of a layers model.
    """
    document = _document(path, LAYERS)
    topology = _object(document.get("modelTopology"), "modelTopology", path)
    model = _object(topology.get("model_config", topology), "modelTopology.model_config", path)
    if not isinstance(class_name := model.get("class_name"), str):
        raise ConversionError(f"{path}: modelTopology names no class of model: is it a TF.js layers model?")
    config = model.get("config")
    # Keras wrote no more than the layers of a sequential model once.
    config = {"layers": config} if isinstance(config, list) else _object(config, "the model's config", path)
    _objects(config.get("layers"), "the model's layers", path)
    return LayersJson(path, class_name, config, parse_manifest(document.get("weightsManifest"), path))


def _document(path: Path, kind: str) -> dict[str, Any]:
    document = _read_object(path)
    if (found := _kind_of(document, path)) != kind:
        raise ConversionError(f"{path} is a TF.js {found}, and not a {kind}")
    return document


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


def _kind_of(document: dict[str, Any], path: Path) -> str:
    """Converters before 1.3 wrote no `format`, but only a graph model's topology is a list of nodes."""
    topology = document.get("modelTopology")
    named = document.get("format") or (GRAPH if isinstance(topology, dict) and "node" in topology else LAYERS)
    if named not in (GRAPH, LAYERS):
        raise ConversionError(
            f"{path} is a TF.js {named}, and only a {GRAPH} or a {LAYERS} can be converted: export the model as one"
        )
    return str(named)


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
