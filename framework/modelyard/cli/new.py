"""`modelyard new`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import VARIANTS, as_json

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("name")
@click.option(
    "--task", required=True, metavar="TASK", help="What kind of question it answers: docs/reference/tasks.md."
)
@click.option("--runtime", default="litert", show_default=True, metavar="RUNTIME", help="What executes its network.")
@click.option(
    "--variant", "variants", type=VARIANTS, multiple=True, default=["cpu"], show_default=True,
    help="A variant; may be given again. That for GPUs has TensorFlow.",
)  # fmt: skip
@as_json
@click.pass_obj
def new(folder: Path, name: str, task: str, runtime: str, variants: tuple[Variant, ...], as_json: bool) -> None:
    """Begins an asset: a folder that runs and is tested at once, with a TODO where you know more.

    It is written whole, or not at all. One neuron stands where its network will be, and it answers with the example
    that its task declares, so that every step can be tried before it is changed. `modelyard lint NAME` lists the
    TODOs, and no image is released while one is left.
    """
    from modelyard.catalog.authoring.scaffold import GPU_RUNTIME, begin
    from modelyard.catalog.locks.solve import Solver
    from modelyard.catalog.workspace import find

    chosen = {variant: GPU_RUNTIME if variant == "gpu" else runtime for variant in variants}
    begun = begin(find(folder), name, task, chosen, lambda goal: Solver.find().solve(goal, ""))
    if as_json:
        click.echo(json.dumps(begun.to_dict(), indent=2))
        return
    click.echo(f"wrote {begun.folder}: {len(begun.files)} files, {begun.todos} TODOs")
    click.echo(f"  modelyard test {name}    sends it its samples")
    click.echo(f"  modelyard run {name}     serves it, and loads it again when you change it")
    click.echo(f"  modelyard lint {name}    lists what is left to do")
