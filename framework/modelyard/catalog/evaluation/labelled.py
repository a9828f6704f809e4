"""The labelled items of an asset: what its `evaluation.py` makes of the data that it names."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from modelyard import tasks
from modelyard.catalog import corruptions, shelf
from modelyard.catalog.evaluation import authored
from modelyard.catalog.evaluation.evaluate import Held
from modelyard.catalog.evaluation.group import MOST, Group
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.measures import module_of
from modelyard.catalog.ingredients import COUNTERFACTUALS, EVALUATION
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset


def held(workspace: Workspace, asset: Asset, data: Mapping[str, Path]) -> Held:
    """All that an asset is held to.

    Args:
        workspace: The catalog.
        asset: One of its assets.
        data: Its data on this machine, by the paths that its code finds it at.

    Raises:
        ModelyardError: The asset declares none, or its code gives no items, or no groups.
    """
    given = items(workspace, asset, data)
    expected = asset.card.metrics[0].n if asset.card.metrics else None
    return Held(digest(workspace, asset), given, groups(workspace, asset), expected)


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
    where = f"assets/{asset.name}/{EVALUATION}"
    given = authored.function(
        workspace.folder(asset.name) / EVALUATION,
        where,
        "items",
        "items(data: Path) -> Iterator[Item]",
        "`evaluation` in asset.yaml needs it to give the labelled items",
    )
    return _given(given, data, where)


def groups(workspace: Workspace, asset: Asset) -> list[Group]:
    """The groups of swapped words of an asset; none where it declares no set of them.

    Raises:
        ModelyardError: Its code gives none for a set that is declared, or others.
    """
    declared = asset.evaluation.counterfactuals if asset.evaluation else {}
    if not declared:
        return []
    where = f"assets/{asset.name}/{COUNTERFACTUALS}"
    given = authored.function(
        workspace.folder(asset.name) / COUNTERFACTUALS,
        where,
        "groups",
        "groups() -> Iterator[Group]",
        "`evaluation.counterfactuals` in asset.yaml needs it to give the groups of inputs",
    )
    found: list[Group] = []
    for group in given():
        if not isinstance(group, Group):
            raise ModelyardError(f"{where}: groups gives {type(group).__name__}, and not Group")
        if group.set not in declared:
            raise ModelyardError(f"{where}: the set {group.set!r} is not declared in `evaluation.counterfactuals`")
        if not 2 <= len(group.inputs) <= MOST:
            raise ModelyardError(f"{where}: {group.name!r} has {len(group.inputs)} inputs, and not 2 to {MOST}")
        found.append(group)
    for name in declared:
        names = [group.name for group in found if group.set == name]
        if not names or len(set(names)) < len(names):
            said = "two groups have one name" if names else "groups gives none"
            raise ModelyardError(f"{where}: {said} in the set {name!r}")
    return found


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
    if asset.evaluation.counterfactuals:
        parts.append((COUNTERFACTUALS, _sha256(workspace.folder(asset.name) / COUNTERFACTUALS), None))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _sha256(file: Path) -> str:
    # A file that is missing is named where it is needed.
    return hashlib.sha256(file.read_bytes() if file.is_file() else b"").hexdigest()


def _given(given: Callable[..., Iterator[Any]], data: Mapping[str, Path], where: str) -> Iterator[Item]:
    with tempfile.TemporaryDirectory(prefix="modelyard-") as name:
        folder = Path(name)
        for path, place in data.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to(place)
        seen: set[str] = set()
        for item in given(folder):
            if not isinstance(item, Item):
                raise ModelyardError(f"{where}: items gives {type(item).__name__}, and not Item")
            if item.name in seen:
                raise ModelyardError(f"{where}: two items are called {item.name!r}")
            seen.add(item.name)
            yield item
        if not seen:
            raise ModelyardError(f"{where}: items gives none")
