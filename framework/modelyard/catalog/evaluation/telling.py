"""The figures of an evaluation, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard.catalog.evaluation import changes, measures
from modelyard.catalog.records import figures
from modelyard.catalog.records.evaluated import Evaluated

_SHOWN = 5


def to_text(evaluated: Evaluated, card: Mapping[str, float], against: Evaluated | None = None) -> str:
    """A line a figure, beside what the card says and how the published image answers.

    Args:
        evaluated: What was found.
        card: The figures that the asset's card states, by name.
        against: The published image's answers to the same items.
    """
    known = measures.of(evaluated.task).metrics
    lines = [f"{evaluated.name} {evaluated.version}: {evaluated.n} items, {evaluated.latency * 1e3:.0f} ms each"]
    changed = dict(_changes(evaluated, against)) if against else {}
    for name, figure in evaluated.metrics.items():
        said = f"; the card says {card[name]:.4g}" if name in card else ""
        unit = f" {known[name].unit}" if known[name].unit else ""
        lines.append(f"  {name:24}{figure.to_text()}{unit} ({known[name].better} is better){said}")
        if name in changed:
            lines.append(f"  {'':24}{changed[name]}")
    lines += figures.to_lines(evaluated)
    refused = evaluated.refused
    lines += [f"  refused {item}: {why}" for item, why in list(refused.items())[:_SHOWN]]
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more were refused")
    return "\n".join(lines)


def _changes(evaluated: Evaluated, against: Evaluated) -> Iterator[tuple[str, str]]:
    """What became of each figure, over the items that both answered."""
    for name, change in changes.whole(against, evaluated).items():
        yield name, f"{change.to_text()} against the published image, n = {change.n}"
