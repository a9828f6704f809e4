"""How well an image answers, in figures: what reports, the history and the site tell of an evaluation."""

from __future__ import annotations

from pydantic import Field

from modelyard.manifest.model import Model


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


class Bin(Model):
    """The answers that were about as sure as one another."""

    low: float
    """The least probability of the bin."""
    high: float
    """The largest."""
    n: int
    """How many answers."""
    confidence: float
    """Their mean probability."""
    accuracy: float
    """Which share of them is right."""


class Calibration(Model):
    """Whether what is said with a probability is right as often (Guo et al. 2017)."""

    error: Figure
    """Expected calibration error: the mean over the answers of what confidence and accuracy of their bin are apart."""
    brier: Figure
    """Mean squared distance of the said probability from 1 where the answer is right and 0 where it is not."""
    bins: list[Bin]
    """The reliability diagram, the least sure first; bins without an answer are left out."""


class Disparity(Model):
    """How far the parts of a partition are apart in one metric."""

    difference: Figure
    """The best part's figure less the worst part's."""
    ratio: Figure
    """The smaller one divided by the larger."""
    best: str
    """The part with the best figure."""
    worst: str
    """The part with the worst."""


class Quality(Measured):
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
    disparities: dict[str, dict[str, Disparity]] = Field(default_factory=dict)
    """How far the parts are apart, by the names of the partition and the metric."""
    calibration: Calibration | None = None
    """Whether its probabilities are what they say; none where answers have none."""
    latency: float
    """Median seconds of an answer, with several under way."""
    corrupted: dict[str, Measured] = Field(default_factory=dict)
    """The figures over the first items where they were corrupted, by the corruption and its severity: `noise 1`."""
