"""Everything that trained weights depend on, each by name and digest; the hash of it all is their key."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelyard.catalog import ingredients
from modelyard.catalog.building.convert import LOCK
from modelyard.catalog.weights import digest
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Training, Weights

TRAINED = "train:"
"""What the source of trained weights begins with."""
OWN, FEEDBACK = "data:own", "data:feedback"
"""What somebody brought, among the ingredients."""


@dataclass(frozen=True)
class Brought:
    """What somebody brings to be learned from besides what asset.yaml names.

    Attributes:
        own: A file or folder, instead of the declared data.
        feedback: A file of reviewed feedback, besides it.
    """

    own: Path | None = None
    feedback: Path | None = None


def declared(asset: Asset) -> Training:
    """What an asset says of its training.

    Raises:
        ModelyardError: It says nothing.
    """
    if asset.training is None:
        raise ModelyardError(
            f"assets/{asset.name}/asset.yaml declares no `training`: its weights are somebody else's; see "
            "docs/train-a-model.md"
        )
    return asset.training


def of_training(
    workspace: Workspace, asset: Asset, labels: Sequence[str], brought: Brought = Brought()
) -> dict[str, str]:
    """What goes into an asset's trained weights."""
    found = of_sources(workspace, asset, labels, brought)
    own = ingredients.own_packages(workspace, asset, LOCK)
    for name, version in {**ingredients.packages(workspace, LOCK), **own}.items():
        found[f"dependency:{name}"] = version
    return found


def of_sources(
    workspace: Workspace, asset: Asset, labels: Sequence[str], brought: Brought = Brought()
) -> dict[str, str]:
    """The same without the packages: what the asset's author decides."""
    training = declared(asset)
    found = {
        "code:seed": str(training.seed),
        "code:labels": hashlib.sha256(json.dumps(list(labels)).encode()).hexdigest(),
    }
    folder = workspace.folder(asset.name)
    for file in code(folder):
        found[f"code:{file.relative_to(folder).as_posix()}"] = digest.of_file(file)
    if brought.own is None:
        for one in training.data:
            found[f"data:{one.path}"] = f"{one.sha256} {one.member or ''}".strip()
    else:
        found[OWN] = _digest(brought.own)
    if brought.feedback is not None:
        found[FEEDBACK] = _digest(brought.feedback)
    for weights in others(asset):
        found[f"weights:{weights.path}"] = f"{weights.sha256} {weights.member or ''}".strip()
    return found


def labels(workspace: Workspace, asset: Asset) -> tuple[str, ...]:
    """The names of an asset's classes, as its file of labels has them now."""
    file = workspace.folder(asset.name) / (asset.labels or "")
    return tuple(file.read_text("utf-8").splitlines()) if file.is_file() else ()


def trained(asset: Asset) -> list[Weights]:
    """Those of an asset's weights that its training makes."""
    return [one for one in asset.weights if one.source.startswith(TRAINED)]


def others(asset: Asset) -> list[Weights]:
    """Those that it doesn't make, and may stand upon."""
    return [one for one in asset.weights if not one.source.startswith(TRAINED)]


def code(folder: Path) -> list[Path]:
    """The files that a training runs: train.py, and the asset's modules that it imports, and so on.

    A training is given no others, so what it depends on is known.

    Raises:
        ModelyardError: There is no train.py, or a file is no Python.
    """
    first = folder / "train.py"
    if not first.is_file():
        raise ModelyardError(f"{first}: it isn't there, and asset.yaml declares a `training`")
    found: dict[Path, None] = {}
    waiting = [first]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found[file] = None
        for name in _imported(file):
            place = folder.joinpath(*name.split("."))
            waiting += [one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()]
    return sorted(found)


def _imported(file: Path) -> Iterator[str]:
    """Each module that a file may import, and its parents."""
    try:
        tree = ast.parse(file.read_text("utf-8"))
    except (SyntaxError, ValueError) as error:
        raise ModelyardError(f"{file}: it is no Python: {error}") from None
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{name}" for name in names)] if node.module else []
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _digest(place: Path) -> str:
    """One digest of a file or of all files of a folder with their names."""
    try:
        if place.is_file():
            return digest.of_file(place)
        files = sorted(path for path in place.rglob("*") if path.is_file())
        listed = [(file.relative_to(place).as_posix(), digest.of_file(file)) for file in files]
    except OSError as error:
        raise ModelyardError(f"{place}: it can't be read: {error.strerror}") from None
    if not listed:
        raise ModelyardError(f"{place}: it isn't there, or is empty")
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()
