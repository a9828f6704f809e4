"""Two images side by side: any two, chosen where scripts run; and of each asset the newest beside the one before."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard.catalog.site import comparing
from modelyard.catalog.site.model import Asset, Catalog, File, Page
from modelyard.catalog.site.pages import Beside
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Compare", "compare.html")
ORDER = 40


def of_asset(asset: Asset, beside: Beside) -> Iterable[Page | File]:
    """`compare/NAME.html`."""
    del beside
    pairs = list(comparing.neighbours(asset.chronicle.images if asset.chronicle else ()))
    values = {"asset": asset, "pairs": pairs}
    yield Page(f"compare/{asset.listed.name}.html", "compared.html", values, place="Compare")


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`compare.html`."""
    del catalog
    yield Page("compare.html", "compare.html", {"told": comparing.APART}, place="Compare")
