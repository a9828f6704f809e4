"""`modelyard history`, `report` and `compare`: what is known of published images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelyard.cli.choices import as_json, one_variant
from modelyard.cli.published import opened

if TYPE_CHECKING:
    from modelyard.catalog.records.history import History
    from modelyard.catalog.records.report import Report
    from modelyard.manifest.asset import Variant

_SHOWN_KEY = 12
_SHOWN_DIGEST = 19
_FORMATS = ("text", "markdown", "html", "json")


@click.command()
@click.argument("name")
@one_variant
@click.option("--metric", metavar="METRIC", help="Draw this figure over the versions, with its intervals.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="With --metric: draw it there.",
)
@as_json
@click.pass_obj
def history(folder: Path, name: str, variant: Variant, metric: str | None, output: Path | None, as_json: bool) -> None:
    """Shows what was published of an asset, when and why, and what is in quarantine.

    It is read from the registry, and from nothing else. A line names time, version and variant, key, and the tags
    that point to it now; below it stands why it was built, and why anybody went back to it. With --metric, a line is
    an image of one variant, the oldest first: where the figure lies and its 95 % interval, whether the image was
    published (●) or blocked (○), and what had changed.
    """
    from modelyard.catalog.publishing import reported
    from modelyard.catalog.records import history as log
    from modelyard.catalog.records import plot

    if metric is None and output is not None:
        raise click.UsageError("--output needs --metric")
    _, registry = opened(folder)
    found = log.read(registry, name)
    points = [] if metric is None else reported.points(found, metric, variant)
    if output is not None:
        output.write_text(plot.svg(points, f"{name} ({variant}): {metric}"), "utf-8")
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2))
    elif points:
        click.echo(plot.text(points))
    else:
        for line in _lines(found):
            click.echo(line)


@click.command()
@click.argument("image")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="By --output's ending if left out, else text.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to; else standard output."
)
@click.option("--blocked", is_flag=True, help="Of the image of this name that was blocked last; IMAGE is NAME then.")
@click.pass_obj
def report(folder: Path, image: str, form: str | None, output: Path | None, blocked: bool) -> None:
    """Shows the report of an image: every check, every figure, what moved, licences, and what it was made of.

    IMAGE is NAME, NAME:TAG or NAME@DIGEST. It is read from the registry. As HTML it is one file, for a browser or a
    printer.
    """
    from modelyard.catalog.publishing import reported, verify

    _, registry = opened(folder)
    name, reference = verify.image_of(registry, image)
    found = reported.blocked(registry, name) if blocked else reported.read(registry, name, reference)
    text = rendered(found, form or (form_of(output) if output else "text"))
    if output is None:
        click.echo(text)
    else:
        output.write_text(text, "utf-8")


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@as_json
@click.pass_obj
def compare(folder: Path, first: str, second: str, as_json: bool) -> None:
    """Shows two published images side by side: figures, costs, checks, licences, answers.

    Each is NAME, NAME:TAG or NAME@DIGEST; of one asset, or of two that answer the same kind of question. Where both
    were held to the same labelled data, the difference of each figure is told over the items that both answered,
    with its interval.
    """
    from modelyard.catalog.publishing import compare as comparing
    from modelyard.catalog.publishing import verify

    _, registry = opened(folder)
    found = comparing.compare(registry, verify.image_of(registry, first), verify.image_of(registry, second))
    click.echo(found.model_dump_json(indent=2) if as_json else found.to_text())


def form_of(file: Path) -> str:
    """The form that a file's ending stands for."""
    endings = {".md": "markdown", ".html": "html", ".json": "json", ".txt": "text"}
    if file.suffix not in endings:
        raise click.UsageError(f"{file}: which form? Name --format, or a file that ends with {', '.join(endings)}")
    return endings[file.suffix]


def rendered(report: Report, form: str) -> str:
    """A report in one of its forms."""
    if form == "json":
        return report.model_dump_json(indent=2)
    return {"text": report.to_text, "markdown": report.to_markdown, "html": report.to_html}[form]()


def _lines(found: History) -> list[str]:
    from modelyard.catalog.ingredients import summary

    if not found.images and not found.quarantined:
        return [f"{found.name}: nothing was ever published"]
    lines = []
    for one in found.images:
        tags = ", ".join(tag for tag in one.tags if not tag.startswith("key-"))
        verdict = f"{one.report.verdict}, {len(one.report.checks)} checks" if one.report else "no report"
        lines.append(
            f"{one.made or 'unknown time'}  {one.version} ({one.variant})  {one.key[:_SHOWN_KEY]}  "
            f"{one.image.digest[:_SHOWN_DIGEST]}  {verdict}{f'  ← {tags}' if tags else ''}"
        )
        lines += [f"  {line}" for line in summary(one.cause)]
        lines += [f"  {move.kind} on {move.made}: {move.reason}" for move in one.moves if move.kind == "rollback"]
    for report in found.quarantined:
        failed = ", ".join(check.name for check in report.failed)
        lines.append(
            f"{report.made}  {report.version} ({report.variant})  {report.key[:_SHOWN_KEY]}  blocked: {failed}"
        )
    return lines
