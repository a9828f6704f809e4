"""`modelyard evaluate`: how well a whole pipeline answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, interruptible, local, one_image, one_variant

if TYPE_CHECKING:
    from modelyard.catalog.checking.figures import Found
    from modelyard.catalog.records.evaluated import Observed
    from modelyard.manifest.asset import Asset, Variant
    from modelyard.serving.samples import Send

_SOME = 10


@click.command()
@click.argument("name")
@one_variant
@click.option("--local", "here", is_flag=True, help="Serve it from this machine's files, without a container.")
@click.option("--again", is_flag=True, help="Ask although the figures are kept from before.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N labelled items, for a quick look.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), help="Requests under way at a time; two a core if left out.")
@click.option(
    "--mistakes", type=click.IntRange(1), is_flag=False, flag_value=_SOME, metavar="[N]",
    help=f"Show the N items that were answered worst, {_SOME} if N is left out.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="With --mistakes: write the inputs and the answers, drawn, into this folder.",
)  # fmt: skip
@as_json
@click.pass_obj
@interruptible
def evaluate(
    folder: Path,
    name: str,
    variant: Variant,
    here: bool,
    again: bool,
    limit: int | None,
    jobs: int | None,
    mistakes: int | None,
    output: Path | None,
    as_json: bool,
) -> None:
    """Measures how well an asset answers, on labelled data, through its whole pipeline.

    Its data is fetched, its image built or pulled and run without a network, and every labelled item sent to it over
    HTTP. The figures are the standard ones of its task, beside those that its card states and those of the published
    image, over the same items. What was answered is kept, so that asking twice costs nothing; --again asks anew, and
    times both images side by side. Exits with 1 where an item was refused.
    """
    from modelyard.catalog.evaluation import measures, telling
    from modelyard.catalog.evaluation import mistakes as faults

    if output is not None and mistakes is None:
        raise click.UsageError("--output needs --mistakes")
    asked = _here if here else _in_image
    asset, found, road = asked(folder, name, variant, again, limit, jobs)
    worst = faults.worst(found.evaluated, measures.of(asset.task), mistakes) if mistakes else []
    if as_json:
        document = found.evaluated.model_dump(mode="json")
        document["speed"] = {what: one.to_dict() for what, one in found.speeds.items()}
        document["worst"] = [one.name for one in worst]
        click.echo(json.dumps(document, indent=2))
    else:
        card = {figure.name: figure.value for figure in asset.card.metrics}
        click.echo(telling.to_text(found.evaluated, card, found.against))
        for what, one in found.speeds.items():
            click.echo(f"  {what}: {one.to_text()}")
        click.echo(f"  {found.source}{f'; {found.why_alone}' if found.against is None and found.why_alone else ''}")
    if worst and not as_json:
        click.echo(f"answered worst:\n{faults.to_text(worst)}")
    if output is not None:
        with road() as send:
            drawn = _write(folder, asset, worst, output, send)
        click.echo(f"{output / faults.INDEX}: {len(worst)} items, {drawn} answers drawn", err=True)
    sys.exit(1 if found.evaluated.refused else 0)


def _in_image(
    folder: Path, name: str, variant: Variant, again: bool, limit: int | None, jobs: int | None
) -> tuple[Asset, Found, Callable[[], AbstractContextManager[Send]]]:
    from modelyard.catalog.checking import figures
    from modelyard.catalog.evaluation import measures

    with_all = builder(folder)
    planned = one_image(with_all, name, variant)
    measures.of(planned.asset.task)  # before anything is built for nothing
    found = figures.of_image(with_all, planned, again=again, limit=limit, jobs=jobs)
    return planned.asset, found, lambda: figures.road(with_all, planned)


def _here(
    folder: Path, name: str, variant: Variant, _again: bool, limit: int | None, jobs: int | None
) -> tuple[Asset, Found, Callable[[], AbstractContextManager[Send]]]:
    from modelyard import tasks
    from modelyard.catalog.building.fetching import fetch_data
    from modelyard.catalog.checking import beside
    from modelyard.catalog.checking.figures import Found
    from modelyard.catalog.evaluation import evaluate as evaluation
    from modelyard.catalog.evaluation import labelled, measures

    workspace, here = local(folder)
    asset = workspace.asset(name)
    measures.of(asset.task)  # before anything is fetched for nothing
    held = labelled.held(workspace, asset, fetch_data(workspace, here.cache, asset, here.progress))
    if limit is not None:
        held = replace(held, items=islice(held.items, limit), expected=limit)
    with here.answering(asset, variant) as send, here.progress.step(f"ask {name}") as step:
        most = tasks.load(asset.task).input.most
        found = evaluation.evaluate(asset, held, send, jobs or beside.jobs(), step.of, together=most)
    return asset, Found(found, "asked now, without a container"), lambda: here.answering(asset, variant)


def _write(folder: Path, asset: Asset, worst: Sequence[Observed], output: Path, send: Send) -> int:
    from modelyard import tasks
    from modelyard.catalog.building.fetching import fetch_data
    from modelyard.catalog.evaluation import labelled
    from modelyard.catalog.evaluation import mistakes as faults
    from modelyard.serving.served import read_labels

    workspace, here = local(folder)
    items = labelled.items(workspace, asset, fetch_data(workspace, here.cache, asset, here.progress))
    names = read_labels(workspace.folder(asset.name), asset)
    return faults.write(output, worst, items, tasks.load(asset.task), names, send)
