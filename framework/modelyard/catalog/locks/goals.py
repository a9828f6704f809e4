"""What each lock is solved from: the framework's from its pyproject.toml, an asset's from its manifest and its base."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from pydantic import Field, ValidationError

from modelyard.catalog import ingredients
from modelyard.catalog.lock import pins
from modelyard.catalog.locks.solve import Goal
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.manifest.model import Model, Requirements

_PROJECT = "framework/pyproject.toml"


class Declared(Model):
    """An entry of [tool.modelyard.locks] in framework/pyproject.toml."""

    extras: list[str] = Field(default_factory=list)
    """The extras of the framework that are locked, with all that it needs itself."""
    requirements: Requirements = Field(default_factory=list)
    """What is locked instead, upon nothing of the framework."""
    without: list[str] = Field(default_factory=list)
    """Packages that are solved for, and left out of the lock."""


@dataclass(frozen=True)
class Base:
    """The lock of the framework that a lock of an asset stands upon.

    Attributes:
        lock: Its name.
        text: What it says.
        python: The oldest Python that it serves.
    """

    lock: str
    text: str
    python: str


def of_framework(workspace: Workspace, assets: Iterable[Asset] = ()) -> dict[str, Goal]:
    """What each lock of the framework is solved from, by its name.

    Args:
        workspace: The catalog.
        assets: What they declare about a package of their base holds for the base too, which all assets share.

    Raises:
        ModelyardError: framework/pyproject.toml doesn't say it.
    """
    file = workspace.root / _PROJECT
    try:
        project = tomllib.loads(file.read_text("utf-8"))
        declared = {name: Declared.model_validate(one) for name, one in project["tool"]["modelyard"]["locks"].items()}
        python = _oldest(project["project"]["requires-python"])
    except KeyError as error:
        raise ModelyardError(
            f"{_PROJECT}: the table {error} is missing; [tool.modelyard.locks] names the locks"
        ) from None
    except (OSError, ValueError, ValidationError) as error:
        raise ModelyardError(f"{_PROJECT}: it can't be read: {' '.join(str(error).split())}") from None
    users: dict[str, list[Asset]] = {}
    for asset in assets:
        for lock in ingredients.own_locks(asset):
            users.setdefault(lock, []).append(asset)
    return {
        name: Goal(
            shown=framework_file(workspace, name),
            python=python,
            requirements=one.requirements,
            project=None if one.requirements else file,
            extras=one.extras,
            constraints=_bounds(workspace, name, users.get(name, ())),
            without=one.without,
        )
        for name, one in declared.items()
    }


def of_asset(workspace: Workspace, asset: Asset, base: Base) -> Goal:
    """What the lock of an asset's own packages is solved from; what its base holds is neither moved nor repeated."""
    held = list(pins(base.text))
    return Goal(
        shown=own_file(workspace, asset, base.lock),
        python=base.python,
        requirements=asset.requirements,
        constraints=[str(pin) for pin in held],
        without=sorted({pin.name for pin in held}),
        with_extras=True,
    )


def framework_file(workspace: Workspace, lock: str) -> str:
    """A lock of the framework, from the catalog's folder."""
    return (workspace.requirements / f"{lock}.txt").relative_to(workspace.root).as_posix()


def own_file(workspace: Workspace, asset: Asset, lock: str) -> str:
    """A lock of an asset's own packages, from the catalog's folder."""
    return workspace.own_lock(asset.name, lock).relative_to(workspace.root).as_posix()


def _oldest(supported: str) -> str:
    """`3.11` of `>=3.11`."""
    return next(one.version for one in SpecifierSet(supported) if one.operator == ">=")


def _bounds(workspace: Workspace, lock: str, assets: Iterable[Asset]) -> list[str]:
    """What assets say about packages that a lock of the framework holds."""
    file = workspace.requirements / f"{lock}.txt"
    held = {pin.name for pin in pins(file.read_text("utf-8", errors="replace"))} if file.is_file() else set()
    found = []
    for requirement in (Requirement(line) for asset in assets for line in asset.requirements):
        if canonicalize_name(requirement.name) in held and requirement.specifier:
            requirement.extras = set()
            found.append(str(requirement))
    return found
