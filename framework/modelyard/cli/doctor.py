"""`modelyard doctor`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from modelyard.cli.choices import as_json

_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "red")}


@click.command()
@click.option("--only", metavar="CHECK", multiple=True, help="Run this check only; may be given again.")
@click.option("--explain", metavar="CHECK", help="Say what a check looks at, and why.")
@as_json
@click.pass_obj
def doctor(folder: Path, only: tuple[str, ...], explain: str | None, as_json: bool) -> None:
    """Says what is wrong with this machine, and how to mend it.

    It looks at the engine, the disks, the registry and the login for it, certificates, the processor, memory, the
    clock, git, and the packages and clients that the builder needs. Nothing is changed. Exits with 1 where releases
    would fail.
    """
    from modelyard.catalog import doctor as doctors
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.weights.cache import open_cache
    from modelyard.catalog.workspace import find

    if explain is not None:
        check = doctors.find(explain)
        click.echo(f"{check.name}\n\n{check.help}")
        return
    workspace = find(folder)
    machine = doctors.Machine(workspace, Registry(workspace.catalog.registry), open_cache())
    found = doctors.examine(machine, only)
    if as_json:
        click.echo(json.dumps({"findings": [one.to_dict() for one in found]}, indent=2))
    else:
        width = max(len(one.check) for one in found)
        for one in found:
            mark, colour = _MARKS[one.severity]
            click.echo(f"{click.style(mark, colour)} {one.check.ljust(width)}  {one.seen}")
            if one.remedy:
                click.echo(f"  {' ' * width}  → {one.remedy}")
    sys.exit(1 if any(one.severity == "error" for one in found) else 0)
