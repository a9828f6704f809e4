"""How well an image answers labelled data: the figures, and what they were computed from, item by item.

It is pushed beside the image, so that the next one is compared with it on the same items and nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from modelyard.catalog.records.quality import Measured, Quality, Swapped
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


class Group(Model):
    """Inputs that differ in one word, as they were answered."""

    name: str
    """The group's name."""
    apart: dict[str, float]
    """How far its farthest answers are apart, in each measure of the task."""
    farthest: list[str]
    """Which two those are, in the measure that is looked at, each with what was answered to it."""


class Counterfactual(Swapped):
    """How far answers move in one set of groups, and in each of them."""

    groups: list[Group]
    """Every group, in order."""
    refused: dict[str, str] = Field(default_factory=dict)
    """Why an input got no answer, by its name."""


class Evaluated(Quality):
    """The figures of one asset over all items that it answered, and what became of each."""

    items: list[Observed]
    """Every item, in order."""
    # A dict is only invariant where it is written to.
    corrupted: dict[str, Corrupted] = Field(default_factory=dict)  # type: ignore[assignment]
    """What became of the first items where they were corrupted, by the corruption and its severity: `noise 1`."""
    counterfactuals: dict[str, Counterfactual] = Field(default_factory=dict)  # type: ignore[assignment]
    """What became of the groups of swapped words, by the name of the set."""

    @property
    def quality(self) -> Quality:
        """The figures alone."""
        corrupted = {name: Measured(n=one.n, metrics=one.metrics) for name, one in self.corrupted.items()}
        swapped = {
            name: Swapped(**{field: getattr(one, field) for field in Swapped.model_fields})
            for name, one in self.counterfactuals.items()
        }
        fields = {name: getattr(self, name) for name in Quality.model_fields}
        return Quality(**fields | {"corrupted": corrupted, "counterfactuals": swapped})

    @property
    def refused(self) -> Mapping[str, str]:
        """Why an item got no answer, by its name."""
        return {item.name: item.refusal for item in self.items if item.row is None}

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """What the metrics know of each item that was answered, by its name."""
        return {item.name: item.row for item in self.items if item.row is not None}
