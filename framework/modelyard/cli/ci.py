"""`modelyard ci`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, interruptible, some_variants

if TYPE_CHECKING:
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.catalog.publishing.ci import Push
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@click.option(
    "--publish/--no-publish", default=True, help="With --no-publish, build and check only: for a pull request."
)
@click.option("--refresh", is_flag=True, help="Build again what catalog.yaml's `refresh` calls too old.")
@click.option("--since", "ref", metavar="GIT-REF", help="Say in the summary what changed since a commit, too.")
@click.option(
    "--summary",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="GITHUB_STEP_SUMMARY",
    show_envvar=True,
    help="Append the summary to this file; standard output gets a line for each image instead.",
)
@click.option("--gitlab", is_flag=True, help="Do nothing yet: print a child pipeline for GitLab, a job for each image.")
@as_json
@click.pass_obj
@interruptible
def ci(
    folder: Path,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    publish: bool,
    refresh: bool,
    ref: str | None,
    file: Path | None,
    gitlab: bool,
    as_json: bool,
) -> None:
    """Does what a push needs: lints, releases what changed, and sums it up in Markdown.

    A lint error stops it before anything is built. With --no-publish nothing is written to the registry. It is safe
    to run again, and on many machines at once: what is published is not built again, and an interrupted run is
    finished by the next. Exits with 1 where the linter has an error or an image was blocked.
    """
    from modelyard.catalog.publishing.ci import handle

    with_all = builder(folder)
    if gitlab:
        click.echo(_child_pipeline(with_all, names, variants, publish, refresh), nl=False)
        return
    push = handle(with_all, names, variants, publish=publish, refresh=refresh, ref=ref)
    if file is not None:
        _append(file, push.to_markdown())
    if as_json:
        click.echo(json.dumps(push.to_dict(), indent=2))
    else:
        _print(push, push.to_markdown() if file is None else push.to_text())
    sys.exit(0 if push.passed else 1)


def _child_pipeline(
    with_all: Builder, names: tuple[str, ...], variants: tuple[Variant, ...], publish: bool, refresh: bool
) -> str:
    from modelyard.catalog.planning.gitlab import child_pipeline
    from modelyard.catalog.planning.plan import plan

    images = plan(with_all.workspace, with_all.registry, names, variants, with_all.refreshing() if refresh else None)
    told = {"PUBLISH": "--publish" if publish else "--no-publish", **({"REFRESH": "--refresh"} if refresh else {})}
    return child_pipeline(images, told)


def _print(push: Push, text: str) -> None:
    click.echo(text.rstrip("\n"))
    if push.stopped:
        click.echo("\n".join(f"error: {line}" for line in push.stopped.splitlines()), err=True)


def _append(file: Path, text: str) -> None:
    from modelyard.errors import ModelyardError

    try:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise ModelyardError(f"{file}: the summary can't be written: {error.strerror}") from None
