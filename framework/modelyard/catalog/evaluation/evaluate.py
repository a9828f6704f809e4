"""How well a model answers, in the standard figures of its task, over all labelled items and slice by slice."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType

from modelyard import tasks
from modelyard.catalog import metrics, shelf
from modelyard.catalog.evaluation import bootstrap
from modelyard.catalog.evaluation.asking import Asked, ask
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.catalog.evaluation.robustness import corrupted as corruptions_of
from modelyard.catalog.records.evaluated import Corrupted, Evaluated, Observed
from modelyard.catalog.records.quality import Figure, Measured
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset
from modelyard.serving.samples import Send


def metrics_of(task: str) -> Mapping[str, Metric]:
    """What is measured for a task, the headline first.

    Raises:
        ModelyardError: Nothing is.
    """
    found: Mapping[str, Metric] = module_of(task).METRICS
    return found


def module_of(task: str) -> ModuleType:
    """The file with the metrics of a task.

    Raises:
        ModelyardError: There is none.
    """
    module, _ = shelf.take(metrics, task, "file of metrics for the task")
    return module


def evaluate(
    asset: Asset, data: str, items: Iterable[Item], send: Send, jobs: int, told: Callable[[int], None]
) -> Evaluated:
    """Holds a running model to labelled items.

    Args:
        asset: The asset.
        data: The hash of the labelled data.
        items: What it is asked, with the truth.
        send: The road to it; several threads use it.
        jobs: How many items are under way at a time.
        told: Gets the number of the answers so far.

    Raises:
        ModelyardError: Nothing is measured for its task, no item was answered, or a figure is no number.
    """
    assert asset.evaluation is not None
    module, task = module_of(asset.task), tasks.load(asset.task)
    robustness = asset.evaluation.robustness
    first: list[Item] = []

    def kept(given: Iterable[Item]) -> Iterator[Item]:
        for item in given:
            if robustness and len(first) < robustness.n:
                first.append(item)
            yield item

    asked = list(ask(kept(items), task, module.observe, send, jobs, told))
    answered = [one for one in asked if one.row is not None]
    if not answered:
        one = asked[0]
        raise ModelyardError(f"{asset.name} answers none of {len(asked)} labelled items; {one.name}: {one.refusal}")
    whole = _measured(module, answered)
    corrupted = {}
    for name, some in corruptions_of(first, task.input.field, robustness) if robustness else ():
        found = list(ask(some, task, module.observe, send, jobs, lambda done: told(len(asked) + done)))
        corrupted[name] = _corrupted(module, found)
    return Evaluated(
        n=whole.n,
        metrics=whole.metrics,
        name=asset.name,
        version=asset.version,
        task=asset.task,
        data=data,
        origin=asset.evaluation.origin,
        slices={
            partition: {part: _measured(module, some) for part, some in sorted(parts.items())}
            for partition, parts in sorted(_slices(answered).items())
        },
        latency=statistics.median(one.seconds for one in answered),
        items=_observed(asked),
        corrupted=corrupted,
    )


def _observed(asked: Iterable[Asked]) -> list[Observed]:
    return [Observed(name=one.name, slices=dict(one.slices), row=_json(one.row), refusal=one.refusal) for one in asked]


def _corrupted(module: ModuleType, asked: Sequence[Asked]) -> Corrupted:
    """The figures without intervals: they are compared pair by pair. Where nothing is answered there are none."""
    rows = [one.row for one in asked if one.row is not None]
    values: Mapping[str, float] = module.summarise(rows) if rows else {}
    metrics = {name: Figure(value=float(value)) for name, value in values.items() if math.isfinite(value)}
    return Corrupted(n=len(rows), metrics=metrics, items=_observed(asked))


def _measured(module: ModuleType, asked: Sequence[Asked]) -> Measured:
    rows = [one.row for one in asked if one.row is not None]
    values: Mapping[str, float] = module.summarise(rows)
    wrong = [name for name, value in values.items() if not math.isfinite(value)]
    if wrong:
        raise ModelyardError(f"over {len(rows)} items, {', '.join(wrong)} is no number: more kinds of items are needed")
    ends = bootstrap.intervals(rows, module.summarise)
    found = {}
    for name, value in values.items():
        low, high = ends.get(name, (None, None))
        found[name] = Figure(value=float(value), low=low, high=high)
    return Measured(n=len(rows), metrics=found)


def _json(row: Row | None) -> dict[str, object] | None:
    return None if row is None else dict(row)


def _slices(asked: Sequence[Asked]) -> Mapping[str, Mapping[str, list[Asked]]]:
    found: dict[str, dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        for partition, part in one.slices.items():
            found[partition][part].append(one)
    return found
