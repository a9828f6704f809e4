"""`modelyard lint`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output.")
@click.option("--rule", "rules", metavar="RULE", multiple=True, help="Hold them to this rule only; may be given again.")
@click.option("--explain", metavar="RULE", help="Say what a rule is about, why, and how to mend what it finds.")
@click.pass_obj
def lint(folder: Path, names: tuple[str, ...], as_json: bool, rules: tuple[str, ...], explain: str | None) -> None:
    """Says what is wrong with assets, in which line, and how to mend it.

    All assets are looked at if none is named. Nothing of an asset is run, and nothing is fetched. Exits with 1
    where there is an error; warnings don't count.
    """
    from modelyard.catalog import lint as linter
    from modelyard.catalog.workspace import find

    if explain is not None:
        rule = linter.find(explain)
        click.echo(f"{rule.name} ({rule.severity})\n\n{rule.help}")
        return
    findings = linter.lint(find(folder), names, rules)
    errors = sum(one.severity == "error" for one in findings)
    if as_json:
        click.echo(json.dumps({"errors": errors, "findings": [one.to_dict() for one in findings]}, indent=2))
    else:
        for one in findings:
            click.echo(str(one))
        advice = "`modelyard lint --explain RULE` says more about a rule"
        click.echo(advice if findings else "nothing to mend", err=True)
    sys.exit(1 if errors else 0)
