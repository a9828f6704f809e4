"""`modelyard profile` and `drift`: what a model was evaluated on, and whether its traffic is still like that."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, interruptible, local, one_variant
from modelyard.errors import ModelyardError

if TYPE_CHECKING:
    from modelyard.catalog.drift.reading import Counted
    from modelyard.manifest.asset import Variant

_DRIFTED, _NO_ANSWER, _TOO_FEW = 1, 2, 3
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("name")
@one_variant
@click.option("--jobs", "-j", type=click.IntRange(1, 64), help="Requests under way at a time; two a core if left out.")
@click.pass_obj
@interruptible
def profile(folder: Path, name: str, variant: Variant, jobs: int | None) -> None:
    """Writes assets/NAME/profile.json: what the labelled data is like, and what the model answers to it.

    The model is served here, and every labelled item sent to it. The profile goes into the image, which counts its
    requests in the same bins, so that `modelyard drift` can say whether they are still like the data that the model
    was evaluated on. It needs 30 items. Write it again when the data or the model changes; it tells what moved.
    """
    from modelyard.catalog.drift import profiling, telling
    from modelyard.catalog.drift.asking import profiled
    from modelyard.manifest import profile as profiles

    workspace, here = local(folder)
    asset = workspace.asset(name)
    try:
        before = profiles.read(workspace.folder(name))
    except ModelyardError as error:
        here.progress.note(f"{name}: {error}")
        before = None
    found = profiled(here, asset, variant, jobs)
    (workspace.folder(name) / profiles.FILE).write_text(profiling.to_text(found.profile), "utf-8")
    if before is not None:
        click.echo(telling.to_text(f"{name}, beside its profile so far", found.beside(before)))
    statistics, items = len(found.profile.distributions), found.profile.items
    click.echo(f"wrote assets/{name}/{profiles.FILE}: {statistics} statistics of {items:,} items")


@click.command()
@click.argument("name")
@click.option("--url", metavar="URL", help="A container's address, such as http://127.0.0.1:5000: all since its start.")
@click.option(
    "--prometheus",
    metavar="URL",
    envvar="PROMETHEUS_URL",
    default="http://127.0.0.1:9090",
    show_default=True,
    help="The Prometheus server that scrapes the containers; $PROMETHEUS_URL.",
)
@click.option(
    "--since", default="1d", show_default=True, metavar="TIME", help="How far Prometheus looks back: 7d, 12h."
)
@click.option("--saved", type=_FILE, metavar="FILE", help="A saved answer of /metrics, in place of asking.")
@click.option("--before", type=_FILE, metavar="FILE", help="An earlier saved answer: only what was counted since.")
@click.option(
    "--usual", type=_FILE, metavar="FILE", help="A saved answer whose traffic is the reference, not the profile."
)
@click.option("--rules", is_flag=True, help="Print rules with which Prometheus looks by itself, over --since.")
@as_json
@click.pass_context
def drift(
    context: click.Context, name: str, url: str | None, prometheus: str, since: str, saved: Path | None,
    before: Path | None, usual: Path | None, rules: bool, as_json: bool,
) -> None:  # fmt: skip
    """Says whether a model's requests and answers are still like those that it was evaluated on.

    Every statistic of its profile (see `modelyard profile`) is held to what its containers counted: from Prometheus,
    or from one container with --url. A difference counts where the population stability index or Kolmogorov and
    Smirnov's distance is beyond what chance gives for so many requests. Exits with 0 where nothing drifted, 1 where
    something did, 2 where nothing can be said, 3 where there are too few requests.
    """
    from modelyard.catalog.drift import comparison, telling
    from modelyard.catalog.drift import rules as rule_file

    try:
        if rules:
            click.echo(rule_file.to_text(name, since), nl=False)
            return
        found = _counted(name, url, prometheus, since, saved)
        if found.model != name:
            raise ModelyardError(f"that is a container of {found.model}, and not of {name}")
        if before is not None:
            found = found.since(_saved(before))
        if usual is not None:
            found = found.against(_saved(usual))
    except ModelyardError as error:
        click.echo(f"error: {error}", err=True)
        context.exit(_NO_ANSWER)
    compared = comparison.compare(found.usual, found.live)
    if as_json:
        click.echo(json.dumps(telling.to_dict(name, compared, found.notes), indent=2))
    else:
        click.echo(telling.to_text(name, compared, found.notes))
    sys.exit({"drift": _DRIFTED, "none": 0}.get(telling.verdict(compared), _TOO_FEW))


def _counted(name: str, url: str | None, server: str, since: str, saved: Path | None) -> Counted:
    from modelyard.catalog.drift import prometheus, reading

    if saved is not None:
        return _saved(saved)
    return reading.scrape(url) if url else prometheus.counted(server, name, since)


def _saved(file: Path) -> Counted:
    from modelyard.catalog.drift import reading

    return reading.saved(file)
