"""What an attacker who can only ask made of an image: how many inputs stay right, at what price."""

from __future__ import annotations

from pydantic import Field

from modelyard.catalog.records.quality import Figure
from modelyard.catalog.tables import cell
from modelyard.manifest.model import Model

ARTIFACT_TYPE = "application/vnd.modelyard.attack.v1+json"


class Attacked(Model):
    """An attack on one image."""

    name: str
    """The asset."""
    version: str
    """Its version."""
    method: str
    """The attack, and its paper."""
    bound: str
    """How much of an input may be changed."""
    seed: int
    """What chance began with."""
    queries: int
    """How often the model may be asked about one input."""
    n: int
    """How many labelled items were attacked."""
    accuracy: Figure
    """Which share was right before."""
    robust_accuracy: Figure
    """Which share is right after the attack, with the 95 % interval of a share (Clopper and Pearson 1934)."""
    asked: float | None
    """How often the model was asked, the mean over the items that were made wrong; none where none was."""
    distortion: float | None
    """How far these are from the originals, the mean in the unit of the bound."""
    broken: list[str] = Field(default_factory=list)
    """The items that were made wrong."""

    def to_text(self) -> str:
        """All of it, for a terminal."""
        return "\n".join([f"{self.name} {self.version}", *(f"  {line}" for line in self.to_lines())])

    def to_markdown(self) -> str:
        """All of it, for a pull request."""
        first, *rest = map(cell, self.to_lines())
        return "\n".join(["### Under attack\n", f"{first}\n", *(f"- {line}" for line in rest), ""])

    def to_lines(self) -> list[str]:
        """What was tried, and what came of it, a line each."""
        lines = [
            f"attack, by which nothing is judged: {self.method}",
            f"  changed: {self.bound}; at most {self.queries} questions an item, {self.n} items, seed {self.seed}",
            f"  right before: {self.accuracy.to_text()}",
            f"  right after the attack: {self.robust_accuracy.to_text()}",
        ]
        if self.asked is not None:
            lines.append(f"  of what was made wrong: {self.asked:.0f} questions and {self.distortion:.4f} on average")
            lines.append(f"  made wrong: {', '.join(self.broken)}")
        return lines
