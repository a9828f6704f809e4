"""Where weights come from: one file per scheme, found by its name.

A source is a module whose docstring teaches the syntax, with two functions:

    def download(reference: str, sha256: str, folder: Path, context: SourceContext) -> Path
    def probe(reference: str, sha256: str, folder: Path, context: SourceContext) -> Probe

The first puts one package file into the empty `folder` and returns its path, or raises a `ModelyardError` that says
what to do. Whoever calls it checks the digest; the source is told it where it helps to pick the file. The second says
whether that file is still to be had, and downloads nothing where it can.
"""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal

from modelyard.errors import ModelyardError


@dataclass(frozen=True)
class SourceContext:
    """What a source may need besides its reference."""

    asset: Path
    """The asset's folder."""
    advance: Callable[[int, int | None], None]
    """To be told the bytes so far, and the total if it is known."""


@dataclass(frozen=True)
class Probe:
    """Whether a source still has a file.

    Attributes:
        state: `changed` where it has another one under that name; `unreachable` where it can't be known.
        said: What was seen.
    """

    state: Literal["ok", "gone", "changed", "unreachable"]
    said: str


Download = Callable[[str, str, Path, SourceContext], Path]
Look = Callable[[str, str, Path, SourceContext], Probe]


def names() -> list[str]:
    """The schemes there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find(source: str) -> tuple[Download, str]:
    """What downloads a source, and the reference to give it.

    Args:
        source: Such as `npm:is-number@7.0.0`.

    Raises:
        ModelyardError: There is no such scheme.
    """
    scheme, colon, reference = source.partition(":")
    if not colon or scheme not in names():
        close = difflib.get_close_matches(scheme, names(), n=1, cutoff=0.5)
        meant = f"did you mean `{close[0]}:`? " if close else ""
        known = ", ".join(f"`{name}:`" for name in names())
        raise ModelyardError(f"{source!r} starts with no scheme that is known: {meant}Use one of {known}")
    download: Download = import_module(f"{__name__}.{scheme}").download
    return download, reference


def find_probe(source: str) -> tuple[Look, str]:
    """What looks whether a source still has its file, and the reference to give it.

    Args:
        source: Such as `npm:is-number@7.0.0`.

    Raises:
        ModelyardError: There is no such scheme.
    """
    _, reference = find(source)
    probe: Look = import_module(f"{__name__}.{source.partition(':')[0]}").probe
    return probe, reference
