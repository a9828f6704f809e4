"""The way in: what this is, and every model on a card; where there are many, on several pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelyard.catalog.site.model import Catalog, File, Listed, Page
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Models", "index.html")
ORDER = 10

_A_PAGE = 60
"""Cards on a page, so that one weighs less than 150 KB."""


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`index.html`, and `models-2.html` and so on where one is not enough."""
    here = [one for one in catalog.assets if one.state.name != "withdrawn"]
    parts = _parts(here)
    paths = ["index.html", *(f"models-{number}.html" for number in range(2, len(parts) + 1))]
    for place, (path, cards) in enumerate(zip(paths, parts, strict=True)):
        values = {"cards": cards, "total": len(here), "paths": paths, "place": place, "tasks": _tasks(here)}
        yield Page(path, "home.html", values, place="Models")


def _tasks(listed: Iterable[Listed]) -> int:
    return len({one.task for one in listed if one.task})


def _parts(listed: Sequence[Listed]) -> list[Sequence[Listed]]:
    return [listed[start : start + _A_PAGE] for start in range(0, max(1, len(listed)), _A_PAGE)]
