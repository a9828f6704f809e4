"""`modelyard run`, `test` and `samples`: assets on this machine, without a container."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, local, one_variant

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant

_ODD_SECONDS = 2.0


@click.command()
@click.argument("name")
@one_variant
@click.option("--port", default=5000, show_default=True, help="Port to listen on, at 127.0.0.1.")
@click.option("--reload/--no-reload", default=True, help="With --no-reload, serve it as it is now.")
@click.pass_obj
def run(folder: Path, name: str, variant: Variant, port: int, reload: bool) -> None:
    """Serves a model here, without a container, and loads it again when you change it.

    It is the same server with the same locked packages; the first time, they are installed into the cache. When a
    file of the asset or of the framework changes, it is loaded beside the server that answers and takes over once it
    is ready. Where it can't be loaded, the log says why and the old one goes on. Ctrl-C ends both.
    """
    from modelyard.catalog.authoring.reload import Reloading

    workspace, here = local(folder)
    host = os.environ.get("HOST", "127.0.0.1")
    asset = workspace.asset(name)
    shown = f"[{host}]" if ":" in host else host
    here.progress.note(f"{name}: http://{shown}:{port}/ (Ctrl-C stops it)")
    if not reload:
        sys.exit(here.serve(asset, variant, {"HOST": host, "PORT": str(port)}))
    sys.exit(Reloading(here, name, variant, {}).serve(host, port))


@click.command()
@click.argument("name")
@one_variant
@click.option("--local", "where", flag_value="local", default=True, help="Here, without a container: the default.")
@click.option("--image", "where", flag_value="image", help="Build its image, and let that test itself, shut in.")
@click.option("--odd/--no-odd", default=None, help="Send every odd input, or none; what two seconds take if left out.")
@as_json
@click.pass_obj
def test(folder: Path, name: str, variant: Variant, where: str, odd: bool | None, as_json: bool) -> None:
    """Sends an asset's samples through its pipeline here, without a container, and odd inputs of its kind.

    Good samples must be answered as expected and bad ones refused. Odd inputs are made for each kind: pictures of
    every mode, silent sounds, texts of every script; they must be answered in the task's form or refused with a
    message. Exits with 1 where one is not.
    """
    from modelyard.catalog.authoring.testing import test as run_test

    if where == "image":
        sys.exit(_selftest(folder, name, variant, as_json))
    workspace, here = local(folder)
    seconds = {None: _ODD_SECONDS, True: None, False: 0.0}[odd]
    tested = run_test(here, workspace.asset(name), variant, seconds)
    if as_json:
        click.echo(json.dumps(tested.to_dict(), indent=2))
        sys.exit(not tested.passed)
    for one in (*tested.samples, *tested.odd.failed):
        click.echo(f"{'ok    ' if one.passed else 'FAILED'}  {one.name}: {one.said}")
    good = sum(one.passed for one in tested.samples)
    click.echo(f"{good} of {len(tested.samples)} samples answered as expected")
    if tested.odd.results:
        left = ": --odd sends them" if tested.odd.left else ""
        click.echo(tested.odd.summary() + left)
    sys.exit(not tested.passed)


def _selftest(folder: Path, name: str, variant: Variant, as_json: bool) -> int:
    """Builds the image, and runs its own test in a container without a network."""
    from modelyard.catalog.containers import sandbox
    from modelyard.catalog.planning.plan import plan

    with_all = builder(folder)
    (planned,) = plan(with_all.workspace, with_all.registry, [name], [variant])
    image = with_all.build(planned)
    command = ["selftest", *(["--json"] if as_json else [])]
    with sandbox.run(with_all.client, image, command, environment={"LOG_LEVEL": "warning"}) as container:
        code = int(container.wait()["StatusCode"])
        click.echo(container.logs(stdout=True, stderr=False).decode("utf-8", "replace"), nl=False)
        click.echo(container.logs(stdout=False, stderr=True).decode("utf-8", "replace"), nl=False, err=True)
    return code


@click.group()
def samples() -> None:
    """Expected answers of samples."""


@samples.command()
@click.argument("name")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@one_variant
@click.option(
    "--pictures", type=click.Path(file_okay=False, path_type=Path),
    help="Where the pictures of the answers go; build/pictures/NAME, which git ignores, if left out.",
)  # fmt: skip
@click.pass_obj
def record(folder: Path, name: str, files: tuple[str, ...], variant: Variant, pictures: Path | None) -> None:
    """Writes what the model answers now as the expected answers of its samples, for you to review.

    FILE is a sample as asset.yaml names it, or any file: one that asset.yaml doesn't name yet is copied into samples/
    and added, with TODOs for its licence and origin. All good samples are recorded if none is named. Each answer is
    told with what moved since the one before, and drawn as a picture.
    """
    from modelyard.catalog.authoring.recording import record as write

    workspace, here = local(folder)
    written = 0
    for one in write(here, workspace.asset(name), variant, files, pictures):
        click.echo(f"{one.input}{' (new)' if one.added else ''}: {one.said}")
        for line in one.changes:
            click.echo(f"    {line}")
        for what, place in (("expected", one.expected), ("picture", one.picture)):
            if place:
                click.echo(f"  {what}: {place}")
        written += one.expected is not None
    click.echo(f"wrote {written} answers: look at each before you commit it", err=True)
