"""How well an image answers labelled data: the figures, and what they were computed from, item by item.

It is pushed beside the image, so that the next one is compared with it on the same items and nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard.manifest.model import Model

ARTIFACT_TYPE = "application/vnd.modelyard.evaluation.v1+json"


class Figure(Model):
    """The value of a metric, with the interval that the items leave it in."""

    value: float
    """Over all items."""
    low: float | None = None
    """Lower end of the 95 % interval of the bootstrap; none where there are too few items for one."""
    high: float | None = None
    """Upper end."""

    def to_text(self) -> str:
        """The value, and its interval where there is one."""
        interval = f" ({self.low:.4f} to {self.high:.4f})" if self.low is not None else ""
        return f"{self.value:.4f}{interval}"


class Measured(Model):
    """The figures over some items."""

    n: int
    """How many items."""
    metrics: dict[str, Figure]
    """Each metric of the task."""


class Observed(Model):
    """What became of one item."""

    name: str
    """The item's name."""
    slices: dict[str, str] = {}
    """What it belongs to."""
    row: dict[str, Any] | None
    """All that the metrics need to know of the answer; none where there was no answer."""
    refusal: str = ""
    """Why there was none."""


class Corrupted(Measured):
    """The figures over the first items, corrupted in one way."""

    items: list[Observed]
    """Each of them, in order."""


class Evaluated(Measured):
    """The figures of one asset, over all items that it answered."""

    name: str
    """The asset."""
    version: str
    """Its version."""
    task: str
    """Its task, whose metrics these are."""
    data: str
    """The hash of the labelled data and of what makes items and rows of it: of one hash, items are the same."""
    origin: str
    """Where the labels come from."""
    slices: dict[str, dict[str, Measured]]
    """The figures over each part, by the names of the partition and the part."""
    latency: float
    """Median seconds of an answer, with several under way."""
    items: list[Observed]
    """Every item, in order."""
    corrupted: dict[str, Corrupted] = {}
    """What became of the first items where they were corrupted, by the corruption and its severity: `noise 1`."""

    @property
    def refused(self) -> Mapping[str, str]:
        """Why an item got no answer, by its name."""
        return {item.name: item.refusal for item in self.items if item.row is None}

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """What the metrics know of each item that was answered, by its name."""
        return {item.name: item.row for item in self.items if item.row is not None}
