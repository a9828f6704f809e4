"""Files for other programs, and the page that says what is in them."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard.catalog.site.api import Entry, Index, Record
from modelyard.catalog.site.model import Asset, Catalog, File, Page
from modelyard.catalog.site.pages import Beside


def of_asset(asset: Asset, beside: Beside) -> Iterable[Page | File]:
    """`models/NAME.json`."""
    del beside
    record = Record(model=asset.listed, chronicle=asset.chronicle)
    yield File(f"models/{asset.listed.name}.json", record.model_dump_json().encode())


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`index.json`."""
    registry = catalog.stamp.registry
    entries = [
        Entry.model_construct(
            **one.__dict__,
            page=f"models/{one.name}.html",
            record=f"models/{one.name}.json",
            image=f"{registry}/{one.name}@{one.digest}" if one.digest and one.state.name != "withdrawn" else "",
        )
        for one in catalog.assets
    ]
    index = Index.model_construct(
        title=catalog.title, registry=registry, rendered=catalog.stamp.at, digest=catalog.stamp.digest, models=entries
    )
    yield File("index.json", index.model_dump_json().encode())
