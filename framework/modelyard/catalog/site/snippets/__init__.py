"""Lines to copy: how an image is started, and how it is asked. One kind a file, found by its name.

Each file has `LABEL`, what the lines do; `ORDER`, its place; `STARTS`, whether they start an image or ask one; `HINT`,
what to know first, or nothing; and `write(subject: Subject) -> str`. What they write works as it stands: nothing in it
is to be filled in, and nothing of an asset's means anything to a shell or a language but itself.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from modelyard.catalog.site.subject import Subject


@dataclass(frozen=True)
class Kind:
    """A kind of snippet.

    Attributes:
        name: Its file's name.
        label: What the lines do.
        hint: What to know first; empty where there is nothing.
        starts: Whether they start an image, or ask one that runs.
        write: The lines.
    """

    name: str
    label: str
    hint: str
    starts: bool
    write: Callable[[Subject], str]


@cache
def shelf() -> tuple[Kind, ...]:
    """All kinds, in their order."""
    modules = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return tuple(
        Kind(one.__name__.rpartition(".")[2], one.LABEL, one.HINT, one.STARTS, one.write)
        for one in sorted(modules, key=lambda one: int(one.ORDER))
    )
