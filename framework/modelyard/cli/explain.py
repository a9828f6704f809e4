"""`modelyard explain`: why a model answers as it does."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, local, one_variant

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("name")
@click.option("--input", "path", type=click.Path(path_type=Path), metavar="FILE", help="What to send to it.")
@click.option("--sample", metavar="SAMPLE", help="A good sample of its own to send; the first one if neither is named.")
@click.option(
    "--parameter", "-p", "parameters", multiple=True, metavar="NAME=VALUE",
    help="A parameter of the model, or `target`, `queries` or `seed` of the explanation.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.png",
    help="Where the picture goes; build/pictures/NAME, which git ignores, if left out.",
)  # fmt: skip
@one_variant
@as_json
@click.pass_obj
def explain(
    folder: Path, name: str, path: Path | None, sample: str | None, parameters: tuple[str, ...], output: Path | None,
    variant: Variant, as_json: bool,
) -> None:  # fmt: skip
    """Shows what of an input a model's answer depends on.

    The model runs here, without a container, and is asked again and again with parts of the input gone: regions of a
    picture, words of a text, stretches and bands of a sound. What its answer misses most is said in words, and drawn in
    a picture. Models whose task has no measure of that are not explained.
    """
    from modelyard.catalog.authoring import explained

    if path and sample:
        raise click.UsageError("name either --input or --sample")
    workspace, here = local(folder)
    asset = workspace.asset(name)
    chosen = None if path else explained.sample_of(asset, sample)
    source = path or workspace.folder(name) / (chosen.input if chosen else "")
    found = explained.explain(here, asset, variant, source, explained.given(chosen, parameters))
    place = output or workspace.root / "build" / "pictures" / name / f"{source.name}.explained.png"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(base64.b64decode(found["picture"]))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"{source.name}: {found['target']} ({found['score']:.2f} of 1), by {found['method']}")
    for line in found["summary"] or ["nothing that was taken away made a difference"]:
        click.echo(f"  {line}")
    if not found["complete"]:
        click.echo(f"  there was time for {found['queries']} queries only")
    click.echo(f"  picture: {place}")
