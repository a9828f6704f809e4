"""The figures of an evaluation, for people."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard.catalog.evaluation.evaluate import metrics_of
from modelyard.catalog.records.evaluated import Evaluated

_SHOWN = 5


def to_text(evaluated: Evaluated, card: Mapping[str, float]) -> str:
    """A line a figure, beside what the card says.

    Args:
        evaluated: What was found.
        card: The figures that the asset's card states, by name.
    """
    known = metrics_of(evaluated.task)
    lines = [f"{evaluated.name} {evaluated.version}: {evaluated.n} items, {evaluated.latency * 1e3:.0f} ms each"]
    for name, figure in evaluated.metrics.items():
        said = f"; the card says {card[name]:.4g}" if name in card else ""
        unit = f" {known[name].unit}" if known[name].unit else ""
        lines.append(f"  {name:24}{figure.to_text()}{unit} ({known[name].better} is better){said}")
    for partition, parts in evaluated.slices.items():
        lines.append(f"  by {partition}:")
        for part, measured in parts.items():
            figures = ", ".join(f"{name} {figure.value:.4f}" for name, figure in measured.metrics.items())
            lines.append(f"    {part}, {measured.n}: {figures}")
    for key, corrupted in evaluated.corrupted.items():
        figures = ", ".join(f"{name} {figure.value:.4f}" for name, figure in corrupted.metrics.items())
        lines.append(f"  {key}, {corrupted.n}: {figures or 'nothing was answered'}")
    refused = evaluated.refused
    lines += [f"  refused {item}: {why}" for item, why in list(refused.items())[:_SHOWN]]
    if len(refused) > _SHOWN:
        lines.append(f"  and {len(refused) - _SHOWN} more were refused")
    return "\n".join(lines)
