"""The `modelyard` command: its verbs, one file a family."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from modelyard.cli.attack import attack
from modelyard.cli.ci import ci
from modelyard.cli.completion import completion
from modelyard.cli.diff import diff, parity
from modelyard.cli.doctor import doctor
from modelyard.cli.drift import drift, profile
from modelyard.cli.evaluate import evaluate
from modelyard.cli.explain import explain
from modelyard.cli.history import compare, history, report
from modelyard.cli.lint import lint
from modelyard.cli.local import run, samples, test
from modelyard.cli.new import new
from modelyard.cli.plan import plan
from modelyard.cli.published import prune, rollback, verify
from modelyard.cli.reference import reference
from modelyard.cli.release import build, check, fetch, release
from modelyard.cli.site import site
from modelyard.cli.train import train
from modelyard.cli.update import update
from modelyard.cli.weights import weights
from modelyard.errors import ModelyardError
from modelyard.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="modelyard")
@click.option("-C", "--catalog", "folder", type=click.Path(path_type=Path), default=Path(), help="Its folder.")
@click.pass_context
def cli(context: click.Context, folder: Path) -> None:
    """A model exchange that you own.

    \b
    modelyard plan              what would be built, and why
    modelyard release           build, check and publish what changed
    modelyard site              the catalog's site, as the registry has it
    modelyard new NAME          begin a model that runs and is tested at once
    modelyard run NAME          serve a model here, without a container
    modelyard lint              what is wrong with the assets, and how to mend it
    modelyard update            move the locked packages, and show what moved
    """
    context.obj = folder


VERBS = (
    plan,
    release,
    fetch,
    build,
    check,
    diff,
    parity,
    ci,
    verify,
    history,
    report,
    compare,
    rollback,
    prune,
    site,
    new,
    run,
    test,
    samples,
    evaluate,
    attack,
    explain,
    profile,
    drift,
    train,
    lint,
    doctor,
    weights,
    update,
    completion,
    reference,
)

for verb in VERBS:
    cli.add_command(verb)


def main() -> None:
    """Runs a verb; what a person can mend is one line, not a traceback."""
    try:
        cli(prog_name="modelyard")
    except ModelyardError as error:
        click.echo("\n".join(f"error: {line}" for line in str(error).splitlines()), err=True)
        sys.exit(1)
