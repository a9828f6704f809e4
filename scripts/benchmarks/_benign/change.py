"""A change that nobody should be stopped for."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.benchmarks._faults.fault import Change


@dataclass(frozen=True)
class Benign:
    """It must be published, or found to be nothing new.

    Attributes:
        name: What was done, in a line; no two alike.
        asset: Where.
        changes: What it is made of.
    """

    name: str
    asset: str
    changes: tuple[Change, ...]

    @property
    def title(self) -> str:
        """What runs are kept by."""
        return f"{self.asset}: {self.name}"
