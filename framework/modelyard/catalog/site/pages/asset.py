"""The page of one asset: what it is, how to run it, how good it is, and every image that it had."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard.catalog.site.model import Asset, File, Page
from modelyard.catalog.site.pages import Beside


def of_asset(asset: Asset, beside: Beside) -> Iterable[Page | File]:
    """`models/NAME.html`."""
    del beside
    yield Page(f"models/{asset.listed.name}.html", "asset.html", {"asset": asset}, place="Models")
