"""What a server shows where there is no page."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard.catalog.site.model import Catalog, File, Page


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`404.html`."""
    del catalog
    yield Page("404.html", "missing.html", {}, anywhere=True)
