"""docs/reference: pages and JSON Schemas made from the code, so that they can't disagree with it.

One file a page, each with a function that gives its text. The same code gives the same text, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from modelyard.catalog.reference import commands, lints, manifest, routes, schema, settings, tasks
from modelyard.catalog.site import api
from modelyard.manifest.asset import Asset
from modelyard.manifest.catalog import Catalog
from modelyard.manifest.waivers import Waivers


def pages(command: click.Command) -> dict[str, str]:
    """The text of every file of docs/reference, by its name.

    Args:
        command: The command `modelyard`; the builder doesn't know who calls it.
    """
    return {
        "asset.schema.json": schema.text(Asset),
        "catalog.schema.json": schema.text(Catalog),
        "waivers.schema.json": schema.text(Waivers),
        "index.schema.json": api.schema(),
        "manifest.md": manifest.page(),
        "cli.md": commands.page(command),
        "api.md": routes.page(),
        "settings.md": settings.page(),
        "lints.md": lints.page(),
        "tasks.md": tasks.page(),
    }


def stale(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Those of the wanted files that a folder lacks, or has with another text."""
    return {name: text for name, text in wanted.items() if _text(folder / name) != text}


def _text(file: Path) -> str | None:
    return file.read_bytes().decode(errors="replace") if file.is_file() else None
