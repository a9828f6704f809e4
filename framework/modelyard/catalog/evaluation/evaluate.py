"""How well a pipeline answers, in the standard figures of its task, over all labelled items and slice by slice."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any

from pydantic import BaseModel

from modelyard import tasks
from modelyard.catalog import metrics, shelf
from modelyard.catalog.evaluation.asking import Asked, ask
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.metric import Metric
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Variant
from modelyard.serving.samples import Send

_SHOWN = 5


class Measured(BaseModel):
    """The figures over some items.

    Attributes:
        n: How many items.
        metrics: The value of each metric of the task.
    """

    n: int
    metrics: dict[str, float]


class Evaluated(Measured):
    """The figures over all items that were answered.

    Attributes:
        name: The asset.
        version: Its version.
        task: Its task, whose metrics these are.
        variant: Which of its variants answered.
        origin: Where the labels come from.
        refused: Why an item got no answer, by its name. They count in no figure, and are a failure by themselves.
        slices: The figures over each part, by the names of the partition and the part.
        latency: Median seconds of an answer, with several under way.
    """

    name: str
    version: str
    task: str
    variant: Variant
    origin: str
    refused: dict[str, str]
    slices: dict[str, dict[str, Measured]]
    latency: float

    def to_text(self, card: Mapping[str, float]) -> str:
        """For people, a line a figure, beside what the card says."""
        known = metrics_of(self.task)
        lines = [f"{self.name} {self.version} ({self.variant}): {self.n} items, {self.latency * 1e3:.0f} ms each"]
        for name, value in self.metrics.items():
            said = f"; the card says {card[name]:.4g}" if name in card else ""
            unit = f" {known[name].unit}" if known[name].unit else ""
            lines.append(f"  {name:24}{value:.4f}{unit} ({known[name].better} is better){said}")
        for partition, parts in self.slices.items():
            lines.append(f"  by {partition}:")
            for part, measured in parts.items():
                figures = ", ".join(f"{name} {value:.4f}" for name, value in measured.metrics.items())
                lines.append(f"    {part}, {measured.n}: {figures}")
        for item, why in list(self.refused.items())[:_SHOWN]:
            lines.append(f"  refused {item}: {why}")
        if len(self.refused) > _SHOWN:
            lines.append(f"  and {len(self.refused) - _SHOWN} more were refused")
        return "\n".join(lines)


def metrics_of(name: str) -> Mapping[str, Metric]:
    """What is measured for a task.

    Raises:
        ModelyardError: Nothing is.
    """
    found: Mapping[str, Metric] = _metrics(name).METRICS
    return found


def evaluate(
    asset: Asset, variant: Variant, items: Iterable[Item], send: Send, jobs: int, told: Callable[[int], None]
) -> Evaluated:
    """Holds a running model to labelled items.

    Args:
        asset: The asset.
        variant: Which of its variants answers.
        items: What it is asked, with the truth.
        send: The road to it; several threads use it.
        jobs: How many items are under way at a time.
        told: Gets the number of the answers so far.

    Raises:
        ModelyardError: Nothing is measured for its task, or no item was answered.
    """
    module = _metrics(asset.task)
    asked = list(ask(items, tasks.load(asset.task), send, jobs, told))
    answered = [one for one in asked if one.answer is not None]
    refused = {one.name: one.refusal for one in asked if one.answer is None}
    if not answered:
        name, why = next(iter(refused.items()))
        raise ModelyardError(f"{asset.name} answers none of {len(refused)} labelled items; {name}: {why}")
    assert asset.evaluation is not None
    whole = _measure(module, answered)
    return Evaluated(
        n=whole.n,
        metrics=whole.metrics,
        name=asset.name,
        version=asset.version,
        task=asset.task,
        variant=variant,
        origin=asset.evaluation.origin,
        refused=refused,
        slices={
            partition: {part: _measure(module, some) for part, some in sorted(parts.items())}
            for partition, parts in sorted(_slices(answered).items())
        },
        latency=statistics.median(one.seconds for one in answered),
    )


def _metrics(task: str) -> ModuleType:
    module, _ = shelf.take(metrics, task, "file of metrics for the task")
    return module


def _measure(module: ModuleType, asked: Sequence[Asked]) -> Measured:
    values: dict[str, Any] = module.measure([one.answer for one in asked], [one.truth for one in asked])
    return Measured(n=len(asked), metrics={name: float(value) for name, value in values.items()})


def _slices(asked: Sequence[Asked]) -> Mapping[str, Mapping[str, list[Asked]]]:
    found: dict[str, dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        for partition, part in one.slices.items():
            found[partition][part].append(one)
    return found
