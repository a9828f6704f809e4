"""The models of one task, or of one domain, a line each: ways in for those whose browser runs no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modelyard.catalog.site.facets import FACETS, Facet
from modelyard.catalog.site.model import Catalog, File, Listed, Page

_A_PAGE = 250


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`lists/FACET-VALUE.html`, and `lists/FACET-VALUE-2.html` and so on where one is not enough."""
    for facet in FACETS:
        if facet.listed:
            yield from _lists(facet, catalog)


def _lists(facet: Facet, catalog: Catalog) -> Iterator[Page]:
    found: dict[str, tuple[str, list[Listed]]] = {}
    for one in catalog.assets:
        for value, label in facet.of(one):
            found.setdefault(value, (label, []))[1].append(one)
    for value, (label, rows) in found.items():
        starts = range(0, len(rows), _A_PAGE)
        paths = [f"lists/{facet.key}-{value}{f'.{n}' if n > 1 else ''}.html" for n in range(1, len(starts) + 1)]
        for place, start in enumerate(starts):
            values = {
                "facet": facet,
                "value": value,
                "label": label,
                "rows": rows[start : start + _A_PAGE],
                "total": len(rows),
            }
            yield Page(paths[place], "list.html", {**values, "paths": paths, "place": place}, place="Models")
