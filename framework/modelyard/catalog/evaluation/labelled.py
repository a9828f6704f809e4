"""The labelled items of an asset: what its `evaluation.py` makes of the data that it names."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from modelyard import tasks
from modelyard.catalog import corruptions, shelf
from modelyard.catalog.evaluation.evaluate import module_of
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.ingredients import EVALUATION
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset


def items(workspace: Workspace, asset: Asset, data: Mapping[str, Path]) -> Iterator[Item]:
    """The labelled items of an asset, one by one, no two of one name.

    Args:
        workspace: The catalog.
        asset: One of its assets.
        data: Its data on this machine, by the paths that its code finds it at.

    Raises:
        ModelyardError: The asset declares none, or its code gives no items.
    """
    if asset.evaluation is None:
        raise ModelyardError(f"{asset.name}: {why_none(asset)}")
    return _given(_load(workspace.folder(asset.name) / EVALUATION, asset), data, asset)


def why_none(asset: Asset) -> str:
    """Why an asset has no labelled data."""
    said = asset.card.unmeasured or f"declare `evaluation` in assets/{asset.name}/asset.yaml, and write {EVALUATION}"
    return f"no labelled data: {said}"


def digest(workspace: Workspace, asset: Asset) -> str:
    """The hash of the labelled data and of what makes items and rows of it; of one hash, rows can be compared."""
    assert asset.evaluation is not None
    parts = [(one.path, one.sha256, one.member) for one in asset.evaluation.data]
    parts.append((EVALUATION, _sha256(workspace.folder(asset.name) / EVALUATION), None))
    parts.append((asset.task, _sha256(Path(str(module_of(asset.task).__file__))), None))
    if asset.evaluation.robustness:
        field = tasks.load(asset.task).input.field
        module, _ = shelf.take(corruptions, field, "file of corruptions for inputs sent as")
        parts.append((field, _sha256(Path(str(module.__file__))), None))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _given(module: ModuleType, data: Mapping[str, Path], asset: Asset) -> Iterator[Item]:
    with tempfile.TemporaryDirectory(prefix="modelyard-") as name:
        folder = Path(name)
        for path, place in data.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(place)
        yield from _checked(module, folder, asset)


def _checked(module: ModuleType, folder: Path, asset: Asset) -> Iterator[Item]:
    where = f"assets/{asset.name}/{EVALUATION}"
    seen: set[str] = set()
    for item in _guarded(module, folder, where):
        if not isinstance(item, Item):
            raise ModelyardError(f"{where}: items gives {type(item).__name__}, and not Item")
        if item.name in seen:
            raise ModelyardError(f"{where}: two items are called {item.name!r}")
        seen.add(item.name)
        yield item
    if not seen:
        raise ModelyardError(f"{where}: items gives none")


def _guarded(module: ModuleType, folder: Path, where: str) -> Iterator[Item]:
    """What the author's code raises is a line with its place, not a traceback of ours."""
    try:
        yield from module.items(folder)
    except ModelyardError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        raise ModelyardError(f"{where}: items raised {error!r} at {place}") from error


def _load(file: Path, asset: Asset) -> ModuleType:
    where = f"assets/{asset.name}/{EVALUATION}"
    if not file.is_file():
        raise ModelyardError(f"{where} is missing: `evaluation` in asset.yaml needs it to give the labelled items")
    spec = importlib.util.spec_from_file_location(f"evaluation of {asset.name}", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up there.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # It is the author's code.
        raise ModelyardError(f"{where} can't be loaded: {error!r}") from error
    if not callable(getattr(module, "items", None)):
        raise ModelyardError(f"{where} has no function `items(data: Path) -> Iterator[Item]`")
    return module
