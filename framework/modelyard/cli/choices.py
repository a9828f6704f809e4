"""Options that several verbs take, and what they work with."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

if TYPE_CHECKING:
    from modelyard.catalog.local import Local
    from modelyard.catalog.planning.plan import Planned
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.catalog.workspace import Workspace
    from modelyard.manifest.asset import Variant

P = ParamSpec("P")
R = TypeVar("R")

_INTERRUPTED = 130
_TERMINATED = 143

VARIANTS = click.Choice(["cpu", "gpu"])

one_variant = click.option("--variant", type=VARIANTS, default="cpu", show_default=True, help="Which variant.")
some_variants = click.option(
    "--variant", "variants", type=VARIANTS, multiple=True, help="Only this variant; those of catalog.yaml if left out."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on standard output.")


some_jobs = click.option(
    "--jobs", "-j", type=click.IntRange(1, 256), help="Images to work on at a time; as many as cores if left out."
)


def interruptible(command: Callable[P, R]) -> Callable[P, R]:
    """A command that ends in order when it is told to: 130 after Ctrl-C, 143 after SIGTERM."""

    @functools.wraps(command)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> R:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)
        finally:
            signal.signal(signal.SIGTERM, before)

    return wrapped


def local(folder: Path) -> tuple[Workspace, Local]:
    """The catalog of a folder, and what runs its assets here."""
    from modelyard.catalog.local import Local
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.weights.cache import open_cache
    from modelyard.catalog.workspace import find

    workspace = find(folder)
    return workspace, Local(workspace, open_cache(), Progress())


def one_image(with_all: Builder, name: str, variant: Variant) -> Planned:
    """The image of a variant of an asset, as it is planned.

    Raises:
        ModelyardError: There is no such asset or variant.
    """
    from modelyard.catalog.planning.plan import plan
    from modelyard.errors import ModelyardError

    images = plan(with_all.workspace, with_all.registry, [name], [variant])
    if not images:
        raise ModelyardError(f"{name} has no variant {variant}: add it to its asset.yaml, or name another")
    return images[0]


def builder(folder: Path) -> Builder:
    """What releases the catalog of a folder."""
    from modelyard.catalog.progress import Progress
    from modelyard.catalog.publishing.builder import Builder
    from modelyard.catalog.records.envelope import Signer
    from modelyard.catalog.registry import Registry
    from modelyard.catalog.weights.cache import open_cache
    from modelyard.catalog.workspace import find

    workspace, signer = find(folder), Signer.from_environment(os.environ)
    return Builder(workspace, Registry(workspace.catalog.registry), open_cache(), Progress(), signer)
