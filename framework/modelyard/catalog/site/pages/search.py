"""What the first page searches in: every model in few words, as a script, so that it is there without a server too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from modelyard.catalog.site import facets
from modelyard.catalog.site.model import Catalog, File, Listed, Page
from modelyard.catalog.site.templating import seconds, size

PATH = "static/search.js"
FIELDS = (
    "name", "title", "summary", "task", "kind", "state", "tone", "size", "ready", "shown", "metric", "picture",
    "facets", "words", "labels",
)  # fmt: skip
"""What the columns hold; static/browse.js reads them by these names."""

_LABELS = 1_000_000
"""Characters of all labels together; where there are more, each list is cut by the same share."""


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`static/search.js`."""
    lists, places = _labels(catalog.labels)
    found = facets.all_options(catalog.assets)
    values = {key: [one.value for one in options] for key, options in found.items()}
    index = {
        "fields": FIELDS,
        "facets": [
            [facet.key, facet.title, [[one.value, one.label] for one in found[facet.key]]]
            for facet in facets.FACETS
            if facet.key in found
        ],
        "labels": lists,
        "rows": [[*_row(one, values), places.get(one.name, -1)] for one in catalog.assets],
    }
    text = json.dumps(index, ensure_ascii=True, separators=(",", ":"))
    yield File(PATH, f"globalThis.modelyardIndex = {text};\n".encode())


def _row(one: Listed, values: Mapping[str, Sequence[str]]) -> Iterator[Any]:
    picture, headline = one.picture, one.headline
    yield from (one.name, one.title, one.summary, one.task_title, one.kind, one.state.name, one.state.tone)
    yield "" if one.size is None else size(one.size)
    yield "" if one.ready is None else seconds(one.ready)
    yield "" if headline is None else headline.shown
    yield "" if headline is None else f"{headline.name}{f', {headline.interval}' if headline.interval else ''}"
    yield [picture.path, picture.width, picture.height, picture.said] if picture else None
    yield [
        [values[facet.key].index(value) for value, _ in facet.of(one)] if facet.key in values else []
        for facet in facets.FACETS
        if facet.key in values
    ]
    yield " ".join((one.task, one.domain, one.license, one.application, *one.runtimes, *one.variants, *one.papers))


def _labels(labels: Mapping[str, Sequence[str]]) -> tuple[list[str], dict[str, int]]:
    """Each list of labels once, and which one each model has."""
    lists: dict[tuple[str, ...], int] = {}
    places = {name: lists.setdefault(tuple(found), len(lists)) for name, found in labels.items() if found}
    texts = [" ".join(found) for found in lists]
    share = min(1.0, _LABELS / max(1, sum(map(len, texts))))
    return [text[: int(len(text) * share)] for text in texts], places
