"""`modelyard run`, `test` and `samples`: assets on this machine, without a container."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import local, one_variant

if TYPE_CHECKING:
    from modelyard.manifest.asset import Variant


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
@click.pass_obj
def test(folder: Path, name: str, variant: Variant) -> None:
    """Sends an asset's samples through its pipeline here, without a container."""
    workspace, here = local(folder)
    done = here.command(workspace.asset(name), variant, ["selftest"])
    click.echo(done.stdout.decode(), nl=False)
    sys.exit(done.returncode)


@click.group()
def samples() -> None:
    """Expected answers of samples."""


@samples.command()
@click.argument("name")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@one_variant
@click.pass_obj
def record(folder: Path, name: str, files: tuple[str, ...], variant: Variant) -> None:
    """Writes what the model answers now as the expected answers of its samples, for you to review.

    FILE is a sample as asset.yaml names it; all good ones if none is named.
    """
    from modelyard.catalog.recording import record as write

    workspace, here = local(folder)
    for file in write(here, workspace.asset(name), variant, files):
        click.echo(f"wrote {file}: look at it before you commit it")
