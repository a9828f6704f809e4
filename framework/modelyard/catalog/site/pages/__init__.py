"""The kinds of pages: one a file, found by its name.

Each file has one of

- `of_asset(asset: Asset, beside: Beside) -> Iterable[Page | File]`, made for each asset, and again only when something
  about it changed;
- `of_catalog(catalog: Catalog) -> Iterable[Page | File]`, made from what is listed of all assets, each time;
- `of_manual(manual: Manual) -> Iterable[Page | File]`, made of the catalog's documents, where it has any, and again
  only when one of them changed;

and, where it belongs into the navigation, `ENTRY = Entry(label, path)` and `ORDER`, its place there, from the left.
`File`s are written as they are: documents to download, pictures, an index for programs.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from modelyard.catalog.site.manual import Manual
from modelyard.catalog.site.model import Asset, Catalog, File, Page
from modelyard.catalog.site.templating import Entry

Made = Iterable[Page | File]


@dataclass(frozen=True)
class Beside:
    """What stands beside the images of an asset in the registry; asked only when a page is made.

    Attributes:
        read: The document of a digest, one of a `Release`'s `documents`; None where the registry has it no more.
    """

    read: Callable[[str], bytes | None]


def of_asset(asset: Asset, beside: Beside) -> Made:
    """Everything that is about one asset."""
    for module in _modules():
        if hasattr(module, "of_asset"):
            yield from module.of_asset(asset, beside)


def of_catalog(catalog: Catalog) -> Made:
    """Everything that is about many assets."""
    for module in _modules():
        if hasattr(module, "of_catalog"):
            yield from module.of_catalog(catalog)


def of_manual(manual: Manual) -> Made:
    """Everything that is made of the documents."""
    for module in _modules():
        if hasattr(module, "of_manual"):
            yield from module.of_manual(manual)


def navigation(*, documented: bool = True) -> tuple[Entry, ...]:
    """The entries at the head of each page, in their order.

    Args:
        documented: Whether the catalog has documents.
    """
    there = [module for module in _modules() if documented or not hasattr(module, "of_manual")]
    found = [module for module in there if hasattr(module, "ENTRY")]
    return tuple(module.ENTRY for module in sorted(found, key=lambda module: int(module.ORDER)))


def _modules() -> list[ModuleType]:
    return [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
