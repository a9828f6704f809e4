"""`modelyard weights`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from modelyard.cli.choices import as_json


@click.group()
def weights() -> None:
    """Where weights come from, and whether they still do."""


@weights.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@as_json
@click.pass_obj
def check(folder: Path, names: tuple[str, ...], as_json: bool) -> None:
    """Looks whether every source and mirror of the assets' weights still has its file.

    Nothing is downloaded where a source can be asked without. Exits with 1 where a source has another file than was
    declared, or where no source of some weights is known to be good; a mirror that is gone is told, and no more.
    """
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.weights.patrol import lost, patrol
    from modelyard.catalog.workspace import find

    workspace = find(folder)
    with Progress().step("ask the sources of weights") as step:
        found = patrol(workspace, workspace.assets(names), lambda done, total: step.say(f"{done} of {total}"))
    alarms = lost(found)
    if as_json:
        click.echo(json.dumps({"sources": [one.to_dict() for one in found], "alarms": alarms}, indent=2))
    else:
        for one in found:
            kind = " (mirror)" if one.mirror else ""
            click.echo(f"{one.probe.state:<11}  {one.asset} {one.path}: {one.source}{kind}: {one.probe.said}")
        for line in alarms:
            click.echo(f"error: {line}", err=True)
    sys.exit(1 if alarms else 0)


@weights.command("list")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@as_json
@click.pass_obj
def listing(folder: Path, names: tuple[str, ...], as_json: bool) -> None:
    """Lists the assets' weights: source, licence, and size where they are on this machine."""
    from modelyard.catalog.weights.cache import open_cache
    from modelyard.catalog.workspace import find

    workspace, cache = find(folder), open_cache()
    rows = []
    for asset in workspace.assets(names):
        for one in asset.weights:
            blob = cache.find_blob(one.sha256)
            rows.append((asset.name, one, blob.stat().st_size if blob else None))
    if as_json:
        found = [
            {"asset": name, "path": one.path, "source": one.source, "license": one.license, "bytes": size}
            for name, one, size in rows
        ]
        click.echo(json.dumps({"weights": found}, indent=2))
        return
    for name, one, size in rows:
        shown = "not fetched" if size is None else f"{size / 1e6:.1f} MB"
        click.echo(f"{name} {one.path}: {one.source}, {one.license}, {shown}")
