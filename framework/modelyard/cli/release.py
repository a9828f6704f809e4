"""`modelyard release`, and its steps as verbs of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, builder, interruptible, some_jobs, some_variants
from modelyard.cli.history import form_of, rendered

if TYPE_CHECKING:
    from modelyard.catalog.planning.plan import Planned
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.catalog.records.report import Report
    from modelyard.manifest.asset import Variant


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@click.option("--retry", is_flag=True, help="Build again what is in quarantine, and end a rollback.")
@click.option("--refresh", is_flag=True, help="Build again what catalog.yaml's `refresh` calls too old.")
@some_jobs
@as_json
@click.pass_obj
@interruptible
def release(
    folder: Path,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    retry: bool,
    refresh: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Builds, checks and publishes what changed.

    What is published already is left alone. What fails its checks is not published, keeps its report in
    quarantine, and makes the command exit with 1; the others go on. An interrupted release is finished by the next.
    """
    from modelyard.catalog.publishing.release import release as release_all
    from modelyard.catalog.publishing.usage import answers_with_file, try_it

    with_all = builder(folder)
    released = release_all(with_all, names, variants, retry=retry, refresh=refresh, jobs=jobs)
    if as_json:
        click.echo(json.dumps({"images": [one.to_dict() for one in released]}, indent=2))
    else:
        for one in released:
            where = f" {with_all.registry.repository(one.planned.asset.name)}@{one.digest}" if one.digest else ""
            click.echo(f"{one.planned.name} {one.planned.asset.version}: {one.outcome}{where}")
        served = [one.planned for one in released if one.digest and one.planned.variant == "cpu"]
        for shown in sorted(served, key=lambda one: answers_with_file(one.asset))[:1]:
            for line in try_it(with_all.workspace, with_all.registry, shown):
                click.echo(line)
    sys.exit(1 if any(one.outcome in ("blocked", "quarantined") for one in released) else 0)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.pass_obj
def fetch(folder: Path, names: tuple[str, ...]) -> None:
    """Brings the assets' weights into the cache of this machine."""
    from modelyard.catalog.building.fetching import fetch_all

    with_all = builder(folder)
    for asset in with_all.workspace.assets(names):
        for path, place in fetch_all(with_all.workspace, with_all.cache, asset, with_all.progress).items():
            click.echo(f"{asset.name} {path}: {place}")


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@some_jobs
@click.pass_obj
@interruptible
def build(folder: Path, names: tuple[str, ...], variants: tuple[Variant, ...], jobs: int | None) -> None:
    """Builds images on this machine, and publishes nothing; exits with 1 where one can't be built."""
    with_all = builder(folder)
    images = _planned(with_all, names, variants)
    built = with_all.each(images, with_all.build, lambda _one, _said: None, jobs=jobs)
    for planned, image in zip(images, built, strict=True):
        if image is not None:
            click.echo(f"{planned.name}: {image}")
    sys.exit(1 if None in built else 0)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@some_variants
@some_jobs
@as_json
@click.option(
    "--reports", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Write each report there too, as NAME-VARIANT.html, .md and .json.",
)  # fmt: skip
@click.pass_obj
@interruptible
def check(
    folder: Path,
    names: tuple[str, ...],
    variants: tuple[Variant, ...],
    jobs: int | None,
    as_json: bool,
    reports: Path | None,
) -> None:
    """Builds images on this machine and holds them to their samples and budgets; exits with 1 where one fails."""
    with_all = builder(folder)

    def examine(planned: Planned) -> Report | None:
        return with_all.examine(planned, with_all.build(planned)).report(planned)

    found = with_all.each(_planned(with_all, names, variants), examine, lambda _one, _said: None, jobs=jobs)
    made = [report for report in found if report is not None]
    if reports is not None:
        write_reports(made, reports)
    if as_json:
        click.echo(json.dumps([report.model_dump(mode="json") for report in made], indent=2))
    else:
        for report in made:
            click.echo(report.to_text())
    sys.exit(1 if None in found or any(report.failed for report in made) else 0)


def write_reports(made: Sequence[Report], folder: Path) -> None:
    """Each report in every form, as NAME-VARIANT with the form's ending."""
    folder.mkdir(parents=True, exist_ok=True)
    for report in made:
        for suffix in (".html", ".md", ".json"):
            file = folder / f"{report.name}-{report.variant}{suffix}"
            file.write_text(rendered(report, form_of(file)), "utf-8")


def _planned(with_all: Builder, names: tuple[str, ...], variants: tuple[Variant, ...]) -> list[Planned]:
    from modelyard.catalog.planning.plan import plan

    return plan(with_all.workspace, with_all.registry, names, variants)
