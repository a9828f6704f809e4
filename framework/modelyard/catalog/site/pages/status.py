"""How every asset stands, those that need somebody first; and those that were withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from modelyard.catalog.site.model import Catalog, File, Page
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Status", "status.html")
ORDER = 20

_FIRST = ("unreadable", "blocked", "held back", "rolled back", "waived", "unpublished", "published", "withdrawn")


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`status.html`."""
    rows = sorted(catalog.assets, key=lambda one: _FIRST.index(one.state.name))
    counts: Counter[str] = Counter(one.state.name for one in rows)
    values = {"rows": rows, "counts": [(name, counts[name]) for name in _FIRST if counts[name]]}
    yield Page("status.html", "status.html", values, place="Status")
