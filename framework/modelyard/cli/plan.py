"""`modelyard plan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, some_variants

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@as_json
@click.pass_obj
def plan(folder: Path, names: tuple[str, ...], variants: tuple[Variant, ...], as_json: bool) -> None:
    """Shows which images are published, which would be built, and why.

    Nothing is built, and no container engine is needed: the registry knows.
    """
    from modelyard.catalog.ingredients import summary
    from modelyard.catalog.plan import plan as make
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.workspace import find

    workspace = find(folder)
    images = make(workspace, Registry(workspace.catalog.registry), names, variants)
    if as_json:
        click.echo(json.dumps({"images": [image.to_dict() for image in images]}, indent=2))
        return
    for image in images:
        click.echo(f"{image.name} {image.asset.version}: {image.state}")
        for line in (*summary(image.cause), *(f"lacks {what}" for what in image.unfinished), *image.held):
            click.echo(f"  {line}")
        if image.quarantine:
            failed = ", ".join(check.name for check in image.quarantine.failed)
            click.echo(f"  failed on {image.quarantine.made}: {failed}")
