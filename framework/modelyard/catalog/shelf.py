"""Modules of one kind, one a file, found by their names: rules, checks, diagnoses."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from types import ModuleType

from modelyard.catalog.linted import advice
from modelyard.errors import ModelyardError


def names(shelf: ModuleType) -> list[str]:
    """What stands in a package: its files' names, with hyphens."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(shelf.__path__))


def take(shelf: ModuleType, name: str, what: str) -> tuple[ModuleType, str]:
    """The module of that name, and its docstring, which says what it is about.

    Args:
        shelf: The package.
        name: Such as `image-size`.
        what: What messages call it.

    Raises:
        ModelyardError: There is none.
    """
    if name not in names(shelf):
        raise ModelyardError(f"there is no {what} {name!r}: {advice(name, names(shelf))}")
    module = import_module(f"{shelf.__name__}.{name.replace('-', '_')}")
    return module, inspect.cleandoc(module.__doc__ or "")
