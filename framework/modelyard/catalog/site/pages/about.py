"""What the catalog is, how an image gets into it, how to verify one, and what other programs can read."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard.catalog.site.api import Entry, schema
from modelyard.catalog.site.model import Catalog, File, Page
from modelyard.catalog.site.templating import Entry as InNavigation

ENTRY = InNavigation("About", "about.html")
ORDER = 90
SCHEMA = "index.schema.json"


def of_catalog(catalog: Catalog) -> Iterable[Page | File]:
    """`about.html`, and the schema of the files for programs."""
    some = next((one for one in catalog.assets if one.digest), None)
    fields = [(name, field.description or "") for name, field in Entry.model_fields.items()]
    values = {"some": some, "address": catalog.address, "registry": catalog.stamp.registry, "fields": fields}
    yield Page("about.html", "about.html", values, place="About")
    yield File(SCHEMA, schema().encode())
