"""`modelyard train`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from modelyard.cli.choices import as_json, interruptible, local


@click.command()
@click.argument("name")
@click.option("--again", is_flag=True, help="Train also what was trained before, and hold it to the figures of then.")
@click.option("--local", "here", is_flag=True, help="Train in a process of this machine, without a container.")
@click.option(
    "--data",
    "own",
    type=click.Path(exists=True, path_type=Path),
    help="Learn from this instead: a folder with one folder for each class, a .csv or a .jsonl. The labels follow.",
)
@click.option(
    "--with-feedback",
    "feedback",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Learn from reviewed feedback besides, as POST /model/feedback keeps it.",
)
@as_json
@click.pass_obj
@interruptible
def train(
    folder: Path, name: str, again: bool, here: bool, own: Path | None, feedback: Path | None, as_json: bool
) -> None:
    """Trains an asset's weights, unless the registry has them.

    It runs the asset's train.py in TensorFlow's container, without a network, on data that is checked by hash. What it
    makes is kept in the registry under the hash of code, data, packages and seed, and written to the asset's folder
    with a report and its curves; asset.yaml names it from then on. Nothing is written where a figure misses what
    asset.yaml wants of it, or where the same training gave other figures before.
    """
    from modelyard.catalog.containers.engine import connect
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.training.ingredients import Brought, declared
    from modelyard.catalog.training.running import Here, InContainer
    from modelyard.catalog.training.train import Trainer

    workspace, process = local(folder)
    asset = workspace.asset(name)
    declared(asset)
    registry = Registry(workspace.catalog.registry)
    place = Here(process) if here else InContainer(connect(), registry, process)
    done = Trainer(process, registry, place).train(asset, Brought(own, feedback), again=again)
    if as_json:
        click.echo(json.dumps({"anew": done.anew, "report": done.report.model_dump(mode="json")}, indent=2))
        return
    if not done.anew:
        click.echo(f"{name}: trained already, the registry has {done.report.key}; --again trains anew")
    click.echo(f"{name}: {done.report.to_text()}")
    for line in done.said:
        click.echo(line)
