"""`modelyard evaluate`: how well a whole pipeline answers."""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, interruptible, local, one_variant

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("name")
@one_variant
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N labelled items, for a quick look.")
@click.option("--jobs", "-j", type=click.IntRange(1, 64), help="Items under way at a time; two a core if left out.")
@as_json
@click.pass_obj
@interruptible
def evaluate(folder: Path, name: str, variant: Variant, limit: int | None, jobs: int | None, as_json: bool) -> None:
    """Measures how well an asset answers, on labelled data, through its whole pipeline.

    Its data is fetched, the model served here without a container, and every labelled item sent to it over HTTP.
    The figures are the standard ones of its task, beside those that its card states. Exits with 1 where an item was
    refused.
    """
    from modelyard.catalog.building.fetching import fetch_data
    from modelyard.catalog.evaluation import evaluate as evaluation
    from modelyard.catalog.evaluation import labelled, telling

    workspace, here = local(folder)
    asset = workspace.asset(name)
    evaluation.metrics_of(asset.task)  # before anything is fetched for nothing
    fetched = fetch_data(workspace, here.cache, asset, here.progress)
    items = islice(labelled.items(workspace, asset, fetched), limit)
    jobs = jobs or 2 * (os.cpu_count() or 1)
    with here.answering(asset, variant) as send, here.progress.step(f"ask {name}") as step:
        data = labelled.digest(workspace, asset)
        found = evaluation.evaluate(asset, data, items, send, jobs, lambda done: step.say(f"{done:,} items"))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        click.echo(telling.to_text(found, {figure.name: figure.value for figure in asset.card.metrics}))
    sys.exit(1 if found.refused else 0)
