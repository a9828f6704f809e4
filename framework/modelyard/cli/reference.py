"""`modelyard reference`, for those who change Modelyard itself."""

from __future__ import annotations

import sys

import click


@click.command(hidden=True)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1, naming the files that are out of date.")
@click.pass_context
def reference(context: click.Context, check: bool) -> None:
    """Writes docs/reference: the pages and JSON Schemas that are made from the code."""
    from modelyard.catalog.reference import pages, stale
    from modelyard.catalog.workspace import find

    folder = find(context.obj).root / "docs" / "reference"
    command = context.find_root().command
    changed = stale(folder, pages(command))
    for name, text in changed.items():
        if check:
            click.echo(f"docs/reference/{name} is out of date: run `modelyard reference`, and commit what it writes")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
            click.echo(f"wrote docs/reference/{name}")
    sys.exit(1 if check and changed else 0)
