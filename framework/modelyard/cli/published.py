"""`modelyard verify`, `rollback` and `prune`: what is published already."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, one_variant

if TYPE_CHECKING:
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.workspace import Workspace
    from modelyard.manifest.asset import Variant

_SHOWN_KEY = 12
_SHOWN_DIGEST = 19


@click.command()
@click.argument("image")
@click.option("--no-run", is_flag=True, help="Look at the registry alone: no self-test, and no engine is needed.")
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="A public key whose signature under the verdict counts, beside those that catalog.yaml trusts.",
)
@as_json
@click.pass_obj
def verify(folder: Path, image: str, no_run: bool, keys: tuple[Path, ...], as_json: bool) -> None:
    """Looks at a published image again.

    IMAGE is NAME, NAME:TAG or NAME@DIGEST. Its bytes are held to their digests; report, SBOM and provenance to the
    image that they stand beside; its key to what it says that it was made of; and the image, run without a network, to
    its own samples. Where catalog.yaml trusts keys, or --key names one, the verdict must be signed by one of them.
    Exits with 1 where anything is wrong.
    """
    from modelyard.catalog.containers.engine import connect
    from modelyard.catalog.publishing import verify as again

    workspace, registry = opened(folder)
    name, reference = again.image_of(registry, image)
    checks = again.verify(registry, name, reference, None if no_run else connect, again.trusted(workspace, keys))
    failed = [one for one in checks if not one.passed]
    if as_json:
        click.echo(json.dumps({"passed": not failed, "checks": [one.model_dump() for one in checks]}, indent=2))
    else:
        for one in checks:
            click.echo(f"{'ok    ' if one.passed else 'FAILED'} {one.name}: {one.said}")
    sys.exit(1 if failed else 0)


@click.command()
@click.argument("name")
@one_variant
@click.option("--to", metavar="IMAGE", help="Digest, key or version to go to; the image before this one if left out.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, for those who read the history.")
@click.option("--dry-run", is_flag=True, help="Say what would move, and move nothing.")
@as_json
@click.pass_obj
def rollback(
    folder: Path, name: str, variant: Variant, to: str | None, reason: str, dry_run: bool, as_json: bool
) -> None:
    """Moves the tags that people pull by back to an image that was published before.

    It stays in force until something about the asset changes, or `modelyard release --retry` ends it: a release of the
    same files says that the tags are held, and leaves them. Who runs the image has to pull it again.
    """
    from modelyard.catalog.publishing import rollback as back

    workspace, registry = opened(folder)
    move = back.plan(workspace, registry, name, variant, to, reason)
    moved = [] if dry_run else back.carry_out(registry, name, move)
    if not dry_run:
        _tell(workspace, registry, [name])
    if as_json:
        click.echo(json.dumps({**move.model_dump(mode="json"), "moved": moved}, indent=2))
        return
    said = "would go" if dry_run else "goes"
    click.echo(
        f"{name}: {said} back to {move.version} {move.key[:_SHOWN_KEY]} ({move.to[:_SHOWN_DIGEST]}), "
        f"from {(move.instead_of or '')[:_SHOWN_DIGEST]}"
    )
    if moved:
        click.echo(f"  moved: {', '.join(moved)}")


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
@as_json
@click.pass_obj
def prune(folder: Path, names: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Takes old images out of the registry, by `keep` in catalog.yaml.

    Never one that a version's tag or a moving tag points to, nor one that the catalog wants now. The registry frees the
    space when its own garbage collection runs.
    """
    import datetime

    from modelyard.catalog.planning.plan import plan
    from modelyard.catalog.publishing import prune as pruning

    workspace, registry = opened(folder)
    wanted = [one.key for one in plan(workspace, registry, names, ("cpu", "gpu"))]
    now = datetime.datetime.now(datetime.UTC)
    found = pruning.plan(registry, names or workspace.asset_names(), workspace.catalog.keep, wanted, now)
    if not dry_run:
        pruning.carry_out(registry, found)
        _tell(workspace, registry, sorted({one.name for one in found}))
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, "images": [one.to_dict() for one in found]}, indent=2))
        return
    for one in found:
        image = one.image
        click.echo(f"{one.name} {image.version} ({image.variant}) {image.key[:_SHOWN_KEY]} of {image.made}")
    said = "would be taken away" if dry_run else "taken away"
    click.echo(f"{len(found)} images {said}" if found else "no image is old enough", err=True)


def opened(folder: Path) -> tuple[Workspace, Registry]:
    """The catalog of a folder, and its registry, which answers."""
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.workspace import find

    workspace = find(folder)
    registry = Registry(workspace.catalog.registry)
    registry.check()
    return workspace, registry


def _tell(workspace: Workspace, registry: Registry, names: list[str]) -> None:
    """Gathers anew what the registry says of assets that just changed, and renders the site, where there is one."""
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.publishing import telling

    telling.retell(workspace, registry, names, Progress())
