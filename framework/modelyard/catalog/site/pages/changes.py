"""What happened lately, to read and to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from modelyard.catalog.site import feed
from modelyard.catalog.site.model import Catalog, File, Page
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Changes", "changes.html")
ORDER = 30


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`changes.html` and `feed.xml`."""
    several = {one.name for one in catalog.assets if one.versions > 1}
    days = [(day, list(found)) for day, found in groupby(catalog.changes, key=lambda one: one.made[:10])]
    yield Page(
        "changes.html",
        "changes.html",
        {"days": days, "total": len(catalog.changes), "several": several},
        place="Changes",
    )
    yield File("feed.xml", feed.make(catalog))
