"""`modelyard plan`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, some_variants

if TYPE_CHECKING:
    from modelyard.catalog.workspace import Workspace
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@click.option("--since", "ref", metavar="GIT-REF", help="Compare with a commit; no registry is asked.")
@click.option("--refresh", is_flag=True, help="Count images as to build that catalog.yaml's `refresh` calls too old.")
@click.option("--all-causes", is_flag=True, help="Every cause, not the first few of each kind.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something is to be built or finished, else with 0.")
@click.option("--matrix", "as_matrix", is_flag=True, help="One line of JSON for a CI matrix: only what needs work.")
@as_json
@click.pass_obj
def plan(
    folder: Path,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    ref: str | None,
    refresh: bool,
    all_causes: bool,
    exit_code: bool,
    as_matrix: bool,
    as_json: bool,
) -> None:
    """Shows which images are published, which would be built, and why.

    Nothing is built, and no container engine is needed: the registry knows. A cause begins with its kind (code,
    weights, data, dependency, framework, time) and names the file or package.

    \b
    modelyard plan                     what a release would do now
    modelyard plan --since HEAD~1      what the last commit and the changes not yet committed affect
    modelyard plan --refresh           with the images that are too old
    modelyard plan --matrix            {"include": [{"name", "variant", "key", "state", "cause"}, …]}
    """
    from modelyard.catalog.workspace import find

    if as_json and as_matrix:
        raise click.UsageError("--json and --matrix are two forms of the same: give one of them")
    if ref is not None and refresh:
        raise click.UsageError("--since compares files alone, and --refresh looks at what is published: give one")
    workspace = find(folder)
    if ref is not None:
        busy = _since(workspace, ref, names, variants, all_causes, as_matrix, as_json)
    else:
        busy = _plan(workspace, names, variants, refresh, all_causes, as_matrix, as_json)
    sys.exit(1 if exit_code and busy else 0)


def _plan(
    workspace: Workspace,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    refresh: bool,
    all_causes: bool,
    as_matrix: bool,
    as_json: bool,
) -> bool:
    """Prints the plan; gives whether a release would have work to do."""
    from rich.console import Console

    from modelyard.catalog.planning import matrix, overview
    from modelyard.catalog.planning.plan import plan as make
    from modelyard.catalog.planning.refresh import Refreshing
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.registry import Registry

    catalog = workspace.catalog
    refreshing = Refreshing(catalog.refresh, catalog.python, Progress().note) if refresh else None
    images = make(workspace, Registry(catalog.registry), names, variants, refreshing)
    if as_matrix:
        click.echo(matrix.of_plan(images))
    elif as_json:
        click.echo(json.dumps({"images": [image.to_dict() for image in images]}, indent=2))
    else:
        overview.show_plan(Console(highlight=False), images, all_causes=all_causes)
    return any(image.state in ("to build", "to finish") for image in images)


def _since(
    workspace: Workspace,
    ref: str,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    all_causes: bool,
    as_matrix: bool,
    as_json: bool,
) -> bool:
    """Prints what changed since a commit; gives whether an image must be built for it."""
    from rich.console import Console

    from modelyard.catalog.planning import matrix, overview
    from modelyard.catalog.planning.since import since

    found = since(workspace, ref, names, variants)
    if as_matrix:
        click.echo(matrix.of_since(found.images))
    elif as_json:
        click.echo(json.dumps(found.to_dict(), indent=2))
    else:
        overview.show_since(Console(highlight=False), found, all_causes=all_causes)
    return any(image.after for image in found.affected)
