"""What is wrong with this machine, and how to mend it.

One check a file under `diagnoses/`. It is a module whose docstring says what it looks at and why; its name is the
file's. It has

    def check(machine: Machine) -> Iterable[Finding]

All run at the same time. One that takes too long is told of, and not waited for.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from modelyard.catalog import diagnoses, shelf
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError

Severity = Literal["ok", "warning", "error"]

_SECONDS = 20.0
_LONGEST = 300


@dataclass(frozen=True)
class Finding:
    """What a check saw.

    Attributes:
        severity: `error` where releases fail because of it, `warning` where they may.
        seen: What is there.
        remedy: What to do; empty where all is well.
        check: The check's name; set by who runs it.
    """

    severity: Severity
    seen: str
    remedy: str = ""
    check: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def ok(seen: str) -> Finding:
    """All is well."""
    return Finding("ok", seen)


def warning(seen: str, remedy: str) -> Finding:
    """It may go wrong."""
    return Finding("warning", seen, remedy)


def error(seen: str, remedy: str) -> Finding:
    """It goes wrong."""
    return Finding("error", seen, remedy)


@dataclass(frozen=True)
class Machine:
    """What is looked at.

    Attributes:
        workspace: The catalog.
        registry: Where it is published.
        cache: Where weights are kept.
        environment: The environment's variables.
    """

    workspace: Workspace
    registry: Registry
    cache: Cache
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at.

    Attributes:
        name: Its file's name.
        help: What it looks at, and why.
        check: Looks.
    """

    name: str
    help: str
    check: Callable[[Machine], Iterable[Finding]]


def check_names() -> list[str]:
    """The checks there are."""
    return shelf.names(diagnoses)


def find(name: str) -> Check:
    """The check of that name, such as `engine`.

    Raises:
        ModelyardError: There is no such check.
    """
    module, about = shelf.take(diagnoses, name, "check")
    return Check(name, about, module.check)


def examine(machine: Machine, only: Sequence[str] = (), *, seconds: float = _SECONDS) -> list[Finding]:
    """Runs the checks, all at the same time.

    Args:
        machine: What is looked at.
        only: The checks to run; all of them if none is named.
        seconds: How long each may take.

    Returns:
        What they saw, in the order of their names.
    """
    checks = [find(name) for name in (only or check_names())]
    found: dict[str, list[Finding]] = {}
    threads = [threading.Thread(target=_run, args=(one, machine, found), daemon=True) for one in checks]
    ends = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    slow = [warning(f"no answer after {seconds:g} s", "see whether what it asks hangs, then ask again with --only")]
    return [replace(one, check=check.name) for check in checks for one in found.get(check.name, slow)]


def _run(check: Check, machine: Machine, found: dict[str, list[Finding]]) -> None:
    try:
        found[check.name] = list(check.check(machine))
    except ModelyardError as fault:
        seen, _, remedy = str(fault).partition(": ")
        found[check.name] = [error(seen, remedy or "see docs/run-a-catalog.md")]
    except Exception as fault:
        # Whoever asks what is wrong must get an answer to all the rest.
        found[check.name] = [warning(f"the check itself failed: {fault!r}"[:_LONGEST], "report it as a defect")]
