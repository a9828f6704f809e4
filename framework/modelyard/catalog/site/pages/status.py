"""How every asset stands, those that need somebody first; what was waived, and what was withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from modelyard.catalog.site.changes import when
from modelyard.catalog.site.model import Catalog, File, Listed, Page, Stamp
from modelyard.catalog.site.templating import Entry

ENTRY = Entry("Status", "status.html")
ORDER = 20

_FIRST = ("unreadable", "blocked", "held back", "rolled back", "waived", "unpublished", "withdrawn", "published")
_A_PAGE = 200


@dataclass(frozen=True)
class Row:
    """How one asset stands.

    Attributes:
        one: The asset.
        age: Days since what people get was checked; None where nothing says it.
    """

    one: Listed
    age: int | None


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`status.html`, and `status-2.html` and so on where one is not enough."""
    rows = sorted(catalog.assets, key=lambda one: _FIRST.index(one.state.name))
    counts: Counter[str] = Counter(one.state.name for one in rows)
    starts = range(0, max(1, len(rows)), _A_PAGE)
    paths = ["status.html", *(f"status-{number}.html" for number in range(2, len(starts) + 1))]
    tones: dict[str, str] = {one.state.name: one.state.tone for one in rows}
    values = {
        "counts": [(name, counts[name], tones[name]) for name in reversed(_FIRST) if counts[name]],
        "total": len(rows),
        "signed": sum(one.signed for one in rows),
        "there": sum(bool(one.digest) for one in rows),
        "waived": [(one, waived) for one in rows for waived in one.waived],
        "paths": paths,
    }
    for place, start in enumerate(starts):
        part = [Row(one, _age(one, catalog.stamp)) for one in rows[start : start + _A_PAGE]]
        yield Page(paths[place], "status.html", {**values, "rows": part, "place": place}, place="Status")


def _age(one: Listed, stamp: Stamp) -> int | None:
    made, now = when(one.made), when(stamp.at)
    return max(0, (now - made).days) if made and now else None
