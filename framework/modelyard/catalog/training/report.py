"""What is written down about a training: what was made from what, how it went, and how good it is."""

from __future__ import annotations

from modelyard.catalog.records.report import Machine
from modelyard.manifest.asset import Reach
from modelyard.manifest.model import Model


class TrainingReport(Model):
    """One training."""

    name: str
    """The asset's name."""
    key: str
    """The hash of everything that the weights depend on."""
    ingredients: dict[str, str]
    """What that is, by name and digest."""
    seed: int
    """What chance began with."""
    labels: list[str]
    """The names of the classes that were learned."""
    files: dict[str, str]
    """The sha256 of each file of weights, by its name."""
    metrics: dict[str, float]
    """The figures that it ended with."""
    epochs: list[dict[str, float]]
    """What was measured, epoch by epoch."""
    seconds: float
    """How long it took."""
    made: str
    """When, in UTC, as RFC 3339 has it."""
    machine: Machine
    """Where."""
    modelyard: str
    """The version of Modelyard."""

    def to_text(self) -> str:
        """The figures in one line."""
        figures = ", ".join(f"{name} {value:.4g}" for name, value in self.metrics.items())
        return f"{figures} ({len(self.epochs)} epochs, {self.seconds:.0f} s)"


def shortfalls(metrics: dict[str, float], wanted: dict[str, Reach], before: TrainingReport | None) -> list[str]:
    """What is wrong with the figures of a training, a line each.

    Args:
        metrics: The figures.
        wanted: What asset.yaml says of them.
        before: The report of an earlier training of the same, if there was one.
    """
    lines = []
    for name, reach in wanted.items():
        if name not in metrics:
            lines.append(f"the training tells no {name!r}: give it to training.finish(…)")
            continue
        value = metrics[name]
        # Written so that a NaN fails.
        if reach.min is not None and not value >= reach.min:
            lines.append(f"{name} is {value:.4g}, and must be {reach.min:g} at least")
        if reach.max is not None and not value <= reach.max:
            lines.append(f"{name} is {value:.4g}, and may be {reach.max:g} at most")
        earlier = before.metrics.get(name) if before else None
        if earlier is not None and not abs(value - earlier) <= reach.tolerance:
            lines.append(
                f"{name} is {value:.4g}, and the same training gave {earlier:.4g} before: they may be "
                f"{reach.tolerance:g} apart; find what isn't seeded, or widen `tolerance`"
            )
    return lines
