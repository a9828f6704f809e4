"""What a metric must reach is told of a metric of the task, on its better side, and the card's figures reach it.

What `evaluation` in asset.yaml says decides whether an image is published. A name that the task's
metrics don't have, or a bar that nothing could miss, would be found out only after an image is built, or never.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

from modelyard import tasks
from modelyard.catalog import corruptions, metrics, shelf
from modelyard.catalog.evaluation import measures
from modelyard.catalog.evaluation.metric import Metric
from modelyard.catalog.lint import Finding
from modelyard.catalog.linted import LintedAsset, advice
from modelyard.manifest.asset import Bar, Robustness

SEVERITY: Literal["error", "warning"] = "error"


def check(asset: LintedAsset) -> Iterator[Finding]:
    """A finding for each bar that means nothing, and for each figure of the card that is below its own."""
    evaluation, task = asset.manifest.evaluation, asset.manifest.task
    if evaluation is None or asset.task is None:
        return
    if task not in shelf.names(metrics):
        file = f"framework/modelyard/catalog/metrics/{task.replace('-', '_')}.py"
        yield Finding(
            asset.at("evaluation"), f"nothing is measured for {task}: its labels are of no use", f"write {file}"
        )
        return
    known = measures.of(task).metrics
    for name, bar in evaluation.metrics.items():
        yield from _bar(asset, known, name, bar)
    for name, partition in evaluation.slices.items():
        for field, given in (("max_drop", partition.max_drop), ("max_gap", partition.max_gap)):
            for metric in given:
                yield from _unknown(asset, known, metric, ("evaluation", "slices", name, field, metric))
    if robustness := evaluation.robustness:
        yield from _unknown(asset, known, robustness.metric, ("evaluation", "robustness", "metric"))
        yield from _robustness(asset, robustness)
    for name, swapped in evaluation.counterfactuals.items():
        if swapped.measure not in (possible := tasks.load(task).measures):
            place = asset.at("evaluation", "counterfactuals", name)
            yield Finding(place, f"{task} has no measure {swapped.measure!r}", advice(swapped.measure, possible))
    for index, figure in enumerate(asset.manifest.card.metrics):
        yield from _unknown(asset, known, figure.name, ("card", "metrics", index, "name"))
        stated = evaluation.metrics.get(figure.name)
        if stated and not reached(stated, figure.value):
            said = f"the card says {figure.name} {figure.value:g}, which is less than it must reach"
            yield Finding(asset.at("card", "metrics", index), said, "measure again, or mend the bar in `evaluation`")


def _robustness(asset: LintedAsset, robustness: Robustness) -> Iterator[Finding]:
    assert asset.task is not None
    field = asset.task.input.field
    if field not in shelf.names(corruptions):
        said = f"there are no corruptions of inputs sent as {field!r}"
        yield Finding(
            asset.at("evaluation", "robustness"), said, f"write framework/modelyard/catalog/corruptions/{field}.py"
        )
        return
    kinds = shelf.take(corruptions, field, "file of corruptions for inputs sent as")[0].CORRUPTIONS
    for index, name in enumerate(robustness.leave_out):
        if name not in kinds:
            where = asset.at("evaluation", "robustness", "leave_out", index)
            yield Finding(where, f"there is no corruption {name!r} of inputs sent as {field!r}", advice(name, kinds))


def reached(bar: Bar, value: float) -> bool:
    """Whether a value is on the right side."""
    return (bar.min is None or value >= bar.min) and (bar.max is None or value <= bar.max)


def _bar(asset: LintedAsset, known: Mapping[str, Metric], name: str, bar: Bar) -> Iterator[Finding]:
    place = ("evaluation", "metrics", name)
    if name not in known:
        yield from _unknown(asset, known, name, place)
        return
    wrong = "max" if known[name].better == "higher" else "min"
    if getattr(bar, wrong) is not None:
        right = "min" if wrong == "max" else "max"
        said = f"{name}: {known[name].better} is better, so that `{wrong}` stops what is good"
        yield Finding(asset.at(*place, wrong), said, f"write `{right}`")
    if bar.min is None and bar.max is None and bar.max_drop is None:
        yield Finding(asset.at(*place), f"{name}: nothing must be reached", "write a bar, such as `max_drop: 0.01`")
    for field in ("min", "max", "max_drop"):
        value = getattr(bar, field)
        if value is not None and not math.isfinite(value):
            yield Finding(asset.at(*place, field), f"{name}: {value} is no number to reach", "write a finite number")


def _unknown(
    asset: LintedAsset, known: Mapping[str, Metric], name: str, place: tuple[str | int, ...]
) -> Iterator[Finding]:
    if name not in known:
        yield Finding(asset.at(*place), f"{asset.manifest.task} has no metric {name!r}", advice(name, known))
