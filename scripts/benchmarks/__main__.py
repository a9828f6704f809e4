"""Runs benchmarks by name and prints their tables."""

from __future__ import annotations

import pkgutil
import signal
import sys
from importlib import import_module
from types import FrameType

from scripts import benchmarks
from scripts.benchmarks import _machine


def main() -> int:
    """Measures what the command line names; gives the exit code."""
    known = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name[0] != "_")
    names = sys.argv[1:]
    # Whoever stops us stops what we started.
    signal.signal(signal.SIGTERM, _end)
    if names and names[0] in known and hasattr(own := import_module(f"scripts.benchmarks.{names[0]}"), "main"):
        return int(own.main(names[1:]))  # it has options and tables of its own
    if not names or set(names) - set(known):
        print("usage: scripts/bench NAME…\n", file=sys.stderr)
        for name in known:
            print(
                f"  {name:12}{(import_module(f'scripts.benchmarks.{name}').__doc__ or '').splitlines()[0]}",
                file=sys.stderr,
            )
        return 2
    print(f"{_machine.described()}\n")
    for name in names:
        module = import_module(f"scripts.benchmarks.{name}")
        print(f"## {(module.__doc__ or name).splitlines()[0]}\n\n| what | measured | goal |\n|---|---|---|")
        for row in module.measure():
            print("| " + " | ".join(row) + " |", flush=True)
        print()
    print(f"afterwards it {_machine.pace()}")
    return 0


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


sys.exit(main())
