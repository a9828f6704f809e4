"""`modelyard attack`: how easily somebody who can only ask makes a model wrong."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, interruptible, local, one_image, one_variant

if TYPE_CHECKING:
    from modelyard.catalog.records.attacked import Attacked
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("name")
@one_variant
@click.option("--local", "here", is_flag=True, help="Serve it from this machine's files, without a container.")
@click.option(
    "--queries", type=click.IntRange(2, 100_000), default=200, show_default=True, help="Questions about an item."
)
@click.option("--items", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The first N items.")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="What chance begins with."
)
@click.option("--keep", is_flag=True, help="Put what came of it beside the published image, for report and site.")
@as_json
@click.pass_obj
@interruptible
def attack(
    folder: Path,
    name: str,
    variant: Variant,
    here: bool,
    queries: int,
    items: int,
    seed: int,
    keep: bool,
    as_json: bool,
) -> None:
    """Tries to make a model wrong by asking it, through its own predict route, about inputs that look the same.

    Pictures: the Square Attack of the Adversarial Robustness Toolbox, which sees probabilities and nothing else.
    Texts: misspelt words, after DeepWordBug. It is told which share of the items stays right, with its interval;
    nothing is judged by it, and no image is stopped. The toolbox takes seconds to load.
    """
    if here and keep:
        raise click.UsageError("--keep is about an image, and --local about none")
    attacked = _here(folder, name, variant, queries, items, seed) if here else _image(
        folder, name, variant, queries, items, seed, keep
    )  # fmt: skip
    click.echo(attacked.model_dump_json(indent=2) if as_json else attacked.to_text())


def _image(folder: Path, name: str, variant: Variant, queries: int, items: int, seed: int, keep: bool) -> Attacked:
    import datetime

    from modelyard.catalog.checking import beside, figures
    from modelyard.catalog.evaluation import adversary
    from modelyard.catalog.publishing import telling
    from modelyard.catalog.records import attacked
    from modelyard.errors import ModelyardError

    with_all = builder(folder)
    planned = one_image(with_all, name, variant)
    adversary.method_of(planned.asset.task)  # before anything is built for nothing
    if keep and planned.published is None:
        raise ModelyardError(f"{name}: --keep puts it beside the published image, and this one isn't published")
    given = list(islice(beside.held(with_all, planned.asset).items, items))
    with figures.road(with_all, planned) as send, with_all.progress.step(f"attack {name}") as step:
        found = adversary.attack(planned.asset, given, send, queries, seed, step.of)
    if keep and planned.published is not None:
        document = found.model_dump_json(indent=1).encode()
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        with_all.registry.attach(name, planned.published, attacked.ARTIFACT_TYPE, document, created=now)
        telling.retell(with_all.workspace, with_all.registry, [name], with_all.progress)
    return found


def _here(folder: Path, name: str, variant: Variant, queries: int, items: int, seed: int) -> Attacked:
    from modelyard.catalog.building.fetching import fetch_data
    from modelyard.catalog.evaluation import adversary, labelled

    workspace, here = local(folder)
    asset = workspace.asset(name)
    adversary.method_of(asset.task)  # before anything is fetched for nothing
    data = fetch_data(workspace, here.cache, asset, here.progress)
    given = list(islice(labelled.items(workspace, asset, data), items))
    with here.answering(asset, variant) as send, here.progress.step(f"attack {name}") as step:
        return adversary.attack(asset, given, send, queries, seed, step.of)
