"""`modelyard diff` and `modelyard parity`: how answers differ between images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, one_variant, some_variants

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("name")
@one_variant
@click.option("--against", metavar="IMAGE", help="Another image to compare with than the published one.")
@click.option("--markdown", is_flag=True, help="Print a table for a pull request.")
@as_json
@click.pass_obj
def diff(folder: Path, name: str, variant: Variant, against: str | None, markdown: bool, as_json: bool) -> None:
    """Shows which answers an asset's new image moves, and by how much.

    The image is built, unless it is there already, and all samples, the good and the bad, are sent to it and to
    the published image, side by side. How far answers are apart is told in the task's own measures. Nothing is
    published. Answers that moved are no failure: `modelyard check` says what is.
    """
    from modelyard.catalog.checking.beside import diff as compare

    if markdown and as_json:
        raise click.UsageError("choose one of --json and --markdown")
    planned, moved = compare(builder(folder), name, variant, against)
    if as_json:
        click.echo(moved.model_dump_json(indent=2))
    elif markdown:
        click.echo(moved.to_markdown(), nl=False)
    else:
        click.echo(moved.to_text(f"{planned.name} {planned.asset.version}"))


@click.command()
@click.argument("name")
@some_variants
@as_json
@click.pass_obj
def parity(folder: Path, name: str, variants: tuple[Variant, ...], as_json: bool) -> None:
    """Shows how far the answers of an asset's variants and runtimes are apart.

    The variants are built, unless they are there already, and answer all good samples; so does the unconverted
    network in TensorFlow, where a variant's was converted. For each pair of them the largest difference in each of
    the task's measures is told. A variant for GPUs uses one where the engine has it, and says so where not.
    """
    from modelyard.catalog.checking.parity import of_variants

    found = of_variants(builder(folder), name, variants)
    click.echo(found.model_dump_json(indent=2) if as_json else found.to_text())
