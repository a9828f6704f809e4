"""A plan for people: a line an image in aligned columns, its causes below, and how many there are of each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from modelyard.catalog.ingredients import summary
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.planning.since import Since

_STYLES = {
    "to build": "bold yellow",
    "changed": "bold yellow",
    "new": "bold yellow",
    "to finish": "cyan",
    "held": "cyan",
    "published": "green",
    "unchanged": "green",
    "quarantined": "bold red",
    "gone": "red",
}


@dataclass(frozen=True)
class _Line:
    columns: tuple[str, ...]
    state: str
    below: tuple[str, ...]


def show_plan(console: Console, images: Sequence[Planned], *, all_causes: bool = False) -> None:
    """Writes what the registry has and lacks.

    Args:
        console: Where to; colours are its matter, and a pipe gets none.
        images: The plan.
        all_causes: Every cause, not the first few of each kind.
    """
    lines = [
        _Line((image.asset.name, image.asset.version, image.variant), image.state, _below(image, all_causes))
        for image in images
    ]
    _show(console, lines)
    console.print(_count([image.state for image in images]) or "the catalog has no such image", soft_wrap=True)


def show_since(console: Console, since: Since, *, all_causes: bool = False) -> None:
    """Writes what changed since a commit; what didn't is only counted."""
    _show(
        console,
        [
            _Line((image.name, image.variant), image.state, tuple(_causes(image.cause, all_causes)))
            for image in since.affected
        ],
    )
    if since.affected:
        console.print(_count([image.state for image in since.images]), soft_wrap=True)
    else:
        console.print(f"nothing is affected: all {len(since.images)} images are as in {since.commit[:12]}")


def _below(image: Planned, all_causes: bool) -> tuple[str, ...]:
    lines = [*_causes(image.cause, all_causes), *image.lacks, *image.held]
    if image.quarantine:
        failed = ", ".join(check.name for check in image.quarantine.failed)
        lines.append(f"failed on {image.quarantine.made}: {failed}")
    return tuple(lines)


def _causes(causes: Sequence[str], all_causes: bool) -> Iterable[str]:
    return causes if all_causes else summary(causes)


def _show(console: Console, lines: Sequence[_Line]) -> None:
    widths = [max(map(len, column)) for column in zip(*(line.columns for line in lines), strict=True)]
    for line in lines:
        text = Text("  ".join(cell.ljust(width) for cell, width in zip(line.columns, widths, strict=True)) + "  ")
        console.print(text.append(line.state, _STYLES[line.state]), soft_wrap=True)
        for below in line.below:
            console.print(Text(f"  {below}"), soft_wrap=True)


def _count(states: Sequence[str]) -> str:
    numbers = Counter(states)
    return ", ".join(f"{numbers[state]} {state}" for state in _STYLES if numbers[state])
