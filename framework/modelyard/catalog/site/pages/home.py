"""The way in: what this is, the search, and every model on a card; where there are many, on several pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modelyard.catalog.site import facets
from modelyard.catalog.site.model import Catalog, File, Listed, Page, State
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Models", "index.html")
ORDER = 10

_A_PAGE = 60
"""Cards on a page, so that one weighs less than 150 KB."""
_FACET_SHOWN = 40
"""Values of a facet on the page; the rest is found by typing."""

_BLANK = Listed(
    name="", title="A model", summary="", task="", task_title="", kind="file", domain="", license="", instead=None,
    version="", state=State(name="published", tone="good", said=""), variants=[], digest="-", made="",
    size=0.0, ready=0.0, headline=None, picture=None, versions=0, stopped=0,
)  # fmt: skip


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`index.html`, and `models-2.html` and so on where one is not enough."""
    here = [one for one in catalog.assets if one.state.name != "withdrawn"]
    parts = _parts(here)
    paths = ["index.html", *(f"models-{number}.html" for number in range(2, len(parts) + 1))]
    # What was withdrawn is found by those who look for it, and is on no card of these pages.
    found = facets.all_options(catalog.assets)
    choices = [(facet, found[facet.key][:_FACET_SHOWN]) for facet in facets.FACETS if facet.key in found]
    # What results are drawn on; its links lead somewhere like all others.
    blank = _BLANK.model_copy(update={"name": catalog.assets[0].name}) if catalog.assets else None
    for place, (path, cards) in enumerate(zip(paths, parts, strict=True)):
        values = {"cards": cards, "total": len(here), "paths": paths, "place": place, "facets": choices}
        yield Page(path, "home.html", {**values, "blank": blank}, place="Models")


def _parts(listed: Sequence[Listed]) -> list[Sequence[Listed]]:
    return [listed[start : start + _A_PAGE] for start in range(0, max(1, len(listed)), _A_PAGE)]
