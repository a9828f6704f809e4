"""`modelyard release`, and its steps as verbs of their own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, some_variants

if TYPE_CHECKING:
    from modelyard.catalog.plan import Planned
    from modelyard.catalog.release import Builder
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@click.option("--retry", is_flag=True, help="Build again what is in quarantine.")
@click.option("--refresh", is_flag=True, help="Build again what catalog.yaml's `refresh` calls too old.")
@as_json
@click.pass_obj
def release(
    folder: Path, names: tuple[str, ...], variants: tuple[Variant, ...], retry: bool, refresh: bool, as_json: bool
) -> None:
    """Builds, checks and publishes what changed.

    What is published already is left alone. What fails its checks is not published, keeps its report in
    quarantine, and makes the command exit with 1; the others go on. An interrupted release is finished by the next.
    """
    from modelyard.catalog.usage import try_it

    with_all = builder(folder)
    released = with_all.release(names, variants, retry=retry, refresh=refresh)
    if as_json:
        click.echo(json.dumps({"images": [one.to_dict() for one in released]}, indent=2))
    else:
        for one in released:
            where = f" {with_all.registry.repository(one.planned.asset.name)}@{one.digest}" if one.digest else ""
            click.echo(f"{one.planned.name} {one.planned.asset.version}: {one.outcome}{where}")
        served = next((one for one in released if one.digest and one.planned.variant == "cpu"), None)
        if served is not None:
            for line in try_it(with_all.workspace, with_all.registry, served.planned):
                click.echo(line)
    sys.exit(1 if any(one.outcome in ("blocked", "quarantined") for one in released) else 0)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.pass_obj
def fetch(folder: Path, names: tuple[str, ...]) -> None:
    """Brings the assets' weights into the cache of this machine."""
    from modelyard.catalog.fetching import fetch_all

    with_all = builder(folder)
    for asset in with_all.workspace.assets(names):
        for path, place in fetch_all(with_all.workspace, with_all.cache, asset, with_all.progress).items():
            click.echo(f"{asset.name} {path}: {place}")


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@click.pass_obj
def build(folder: Path, names: tuple[str, ...], variants: tuple[Variant, ...]) -> None:
    """Builds images on this machine, and publishes nothing."""
    with_all = builder(folder)
    for planned in _planned(with_all, names, variants):
        click.echo(f"{planned.name}: {with_all.build(planned)}")


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@as_json
@click.pass_obj
def check(folder: Path, names: tuple[str, ...], variants: tuple[Variant, ...], as_json: bool) -> None:
    """Builds images on this machine and holds them to their samples and budgets; exits with 1 where one fails."""
    with_all = builder(folder)
    reports = [
        with_all.examine(planned, with_all.build(planned)).report(planned)
        for planned in _planned(with_all, names, variants)
    ]
    if as_json:
        click.echo(json.dumps([report.model_dump(mode="json") for report in reports], indent=2))
    else:
        for report in reports:
            click.echo(report.to_text())
    sys.exit(1 if any(report.failed for report in reports) else 0)


def _planned(with_all: Builder, names: tuple[str, ...], variants: tuple[Variant, ...]) -> list[Planned]:
    from modelyard.catalog.plan import plan

    return plan(with_all.workspace, with_all.registry, names, variants)
