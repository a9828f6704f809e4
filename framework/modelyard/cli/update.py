"""`modelyard update`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from modelyard.cli.choices import as_json


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--only", metavar="PACKAGE", multiple=True, help="Move this package only; may be given again.")
@click.option("--keep", is_flag=True, help="Move nothing that still fits: lock what is declared now.")
@click.option("--dry-run", is_flag=True, help="Show what would move, and write nothing.")
@as_json
@click.pass_obj
def update(
    folder: Path, names: tuple[str, ...], only: tuple[str, ...], keep: bool, dry_run: bool, as_json: bool
) -> None:
    """Moves locked packages to the newest versions that fit, and shows what moved.

    It solves the locks of the framework and those of the assets' own packages; only those of the named assets, if
    any is named. All are solved before one is written: where one can't be, nothing changes. Nothing is built, and a
    new lock is a change like any other: look at it, release it, commit it.
    """
    from modelyard.catalog.locks.solve import Solver
    from modelyard.catalog.locks.update import Wish, write
    from modelyard.catalog.locks.update import update as solve
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.workspace import find

    workspace = find(folder)
    found = solve(workspace, Solver.find(), names, Wish(keep, only), Progress())
    if not dry_run:
        write(workspace, found.changes)
    if as_json:
        click.echo(json.dumps({**found.to_dict(), "written": not dry_run}, indent=2))
        return
    for change in found.changes:
        click.echo(change.file)
        for line in change.to_lines():
            click.echo(f"  {line}")
    if not found.changes:
        click.echo(
            "nothing moved: every lock holds what is declared" + ("" if keep or only else ", as new as it may be")
        )
        return
    click.echo(f"images to build: {', '.join(found.images) or 'none'}")
    if dry_run:
        click.echo("nothing is written: --dry-run", err=True)
