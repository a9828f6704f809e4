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


class Changed(Model):
    """How far a figure moved from one image to the next, over the items that both answered."""

    value: float
    """The later one's less the earlier one's."""
    low: float
    """Lower end of the 90 % interval of the paired bootstrap; the value where there are too few items for one."""
    high: float
    """Upper end."""
    n: int
    """How many items both answered."""

    def to_text(self) -> str:
        """The change with its sign, and its interval."""
        return f"{self.value:+.4f} ({self.low:+.4f} to {self.high:+.4f}, 90 %)"


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
    """Expected calibration error: the mean over the answers of what confidence and accuracy of their bin are apart, in
    15 bins of equal width."""
    brier: Figure
    """Mean squared distance of the said probability from 1 where the answer is right and 0 where it is not."""
    bins: list[Bin]
    """The reliability diagram, the least sure first; bins without an answer are left out."""


class Disparity(Model):
    """How far the parts of a partition are apart in one metric."""

    difference: Figure
    """The best part's figure less the worst part's."""
    ratio: Figure | None
    """The smaller one divided by the larger; none where one of them is no positive number."""
    best: str
    """The part with the best figure."""
    worst: str
    """The part with the worst."""


class Swapped(Model):
    """How far answers move where inputs differ in one word, such as a name, over groups of such inputs."""

    n: int
    """How many groups."""
    measure: str
    """What answers are compared by: a measure of the task."""
    largest: float
    """How far two answers of one group are apart at most. The set is given, not drawn, so that it has no interval."""
    means: dict[str, Figure]
    """For each measure of the task, the mean over the groups of how far their farthest answers are apart: of `top1`,
    the share of the groups whose answers name several classes. The intervals are those of drawing groups."""
    farthest: list[str]
    """The group and the two inputs whose answers are the farthest apart."""


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
    """Median seconds of an answer, with several under way; its share, where several were asked in one request."""
    corrupted: dict[str, Measured] = Field(default_factory=dict)
    """The figures over the first items where they were corrupted, by the corruption and its severity: `noise 1`."""
    counterfactuals: dict[str, Swapped] = Field(default_factory=dict)
    """How far answers move where a word was swapped, by the name of the set."""
    sensitive: list[str] = Field(default_factory=list)
    """The partitions whose parts are groups of people."""
    stopped: str = ""
    """Why neither corrupted nor swapped inputs were asked; empty where nothing stood against it."""
