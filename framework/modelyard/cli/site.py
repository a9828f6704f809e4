"""`modelyard site`: the catalog's site, rendered and shown."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from modelyard.cli.choices import as_json, interruptible

_PORT = 8000


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to render to; catalog.yaml's `site` if left out.",
)
@click.option("--serve", is_flag=True, help="Show it on this machine, and render it again when it is asked for.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=_PORT, show_default=True, help="Where; 0 takes a free one."
)
@click.option("--afresh", is_flag=True, help="Ask the registry about every model, also about those asked about lately.")
@as_json
@click.pass_obj
@interruptible
def site(folder: Path, output: Path | None, serve: bool, port: int, afresh: bool, as_json: bool) -> None:
    """Renders the catalog's site from what the registry says.

    Pages of assets that didn't change are taken over. What stands in DIR stays until the new site is whole; a folder
    that holds anything else is refused. Exits with 1 where the records of an asset can't be read, which its page says
    too.
    """
    from modelyard.catalog.site.show import Show, place

    shown = Show.of(folder, output)
    rendered = shown.render(afresh=afresh)
    if as_json:
        click.echo(json.dumps(rendered.to_dict(), indent=2))
    else:
        for name, why in rendered.unreadable.items():
            click.echo(f"{name}: {why}", err=True)
        click.echo(
            f"{place(rendered.output)}: {rendered.assets} assets, {len(rendered.made)} made anew, "
            f"in {rendered.seconds:.1f} s"
        )
    if serve:
        shown.serve(port, lambda address: click.echo(f"showing it at {address} (Ctrl-C ends it)", err=True))
    sys.exit(1 if rendered.unreadable else 0)
