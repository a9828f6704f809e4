"""How well an image answers labelled data: the figures, and what they were computed from, item by item.

It is pushed beside the image, so that the next one is compared with it on the same items and nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from modelyard.catalog.records.quality import Measured, Quality
from modelyard.manifest.model import Model

ARTIFACT_TYPE = "application/vnd.modelyard.evaluation.v1+json"


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


class Evaluated(Quality):
    """The figures of one asset over all items that it answered, and what became of each."""

    items: list[Observed]
    """Every item, in order."""
    # A dict is only invariant where it is written to.
    corrupted: dict[str, Corrupted] = Field(default_factory=dict)  # type: ignore[assignment]
    """What became of the first items where they were corrupted, by the corruption and its severity: `noise 1`."""

    @property
    def quality(self) -> Quality:
        """The figures alone."""
        corrupted = {name: Measured(n=one.n, metrics=one.metrics) for name, one in self.corrupted.items()}
        fields = {name: getattr(self, name) for name in Quality.model_fields}
        return Quality(**fields | {"corrupted": corrupted})

    @property
    def refused(self) -> Mapping[str, str]:
        """Why an item got no answer, by its name."""
        return {item.name: item.refusal for item in self.items if item.row is None}

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """What the metrics know of each item that was answered, by its name."""
        return {item.name: item.row for item in self.items if item.row is not None}
