"""How well a model answers, in the standard figures of its task, over all labelled items and slice by slice."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelyard import tasks
from modelyard.catalog.evaluation import bootstrap, calibration, disparities, measures
from modelyard.catalog.evaluation.asking import Asked, ask
from modelyard.catalog.evaluation.deadline import Deadline
from modelyard.catalog.evaluation.group import Group
from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.measures import Measures
from modelyard.catalog.evaluation.metric import Row
from modelyard.catalog.evaluation.robustness import corrupted as corruptions_of
from modelyard.catalog.evaluation.robustness import ways as ways_of
from modelyard.catalog.evaluation.swapping import swap
from modelyard.catalog.records.evaluated import Corrupted, Counterfactual, Evaluated, Observed
from modelyard.catalog.records.quality import Calibration, Disparity, Figure, Measured
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Bar, Evaluation
from modelyard.serving.samples import SendMany

Told = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Held:
    """What a model is held to.

    Attributes:
        data: The hash of the labelled data.
        items: What it is asked, with the truth.
        groups: Inputs that differ in one word.
        expected: How many items there are, where that is known before they are asked.
    """

    data: str
    items: Iterable[Item]
    groups: Sequence[Group] = ()
    expected: int | None = None


def evaluate(
    asset: Asset,
    held: Held,
    send: SendMany,
    jobs: int,
    told: Told = lambda done, total: None,
    *,
    deadline: Deadline | None = None,
    sparing: bool = False,
    together: int = 1,
) -> Evaluated:
    """Holds a running model to labelled items, then to corrupted ones, then to swapped words.

    Args:
        asset: The asset.
        held: What it is held to.
        send: The road to it; several threads use it.
        jobs: How many requests are under way at a time.
        told: Gets the number of the answers so far, and of those that there will be, where that is known.
        deadline: When all must be done.
        together: How many items one request may hold.
        sparing: Whether nothing more is asked once the plain figures miss what they must reach beyond doubt.

    Raises:
        ModelyardError: Nothing is measured for its task, no item was answered, or a figure is no number.
        TooLong: It wasn't done in time.
    """
    assert asset.evaluation is not None
    declared = asset.evaluation
    measured, task = measures.of(asset.task), tasks.load(asset.task)
    first: list[Item] = []

    def kept(given: Iterable[Item]) -> Iterator[Item]:
        for item in given:
            if declared.robustness and len(first) < declared.robustness.n:
                first.append(item)
            yield item

    def first_told(done: int) -> None:
        told(done, held.expected)

    asked = list(ask(kept(held.items), task, measured.observe, send, jobs, first_told, deadline, together))
    answered = [one for one in asked if one.row is not None]
    if not answered:
        one = asked[0]
        raise ModelyardError(f"{asset.name} answers none of {len(asked)} labelled items; {one.name}: {one.refusal}")
    whole, _ = _measured(measured, answered)
    stopped = beyond_doubt(declared.metrics, whole) if sparing else ""
    corrupted: dict[str, Corrupted] = {}
    swapped: dict[str, Counterfactual] = {}
    if not stopped:
        robustness = declared.robustness
        ways = corruptions_of(first, task.input.field, robustness) if robustness else ()
        total = len(asked) + sum(len(group.inputs) for group in held.groups)
        total += len(first) * (ways_of(task.input.field, robustness) if robustness else 0)
        done = len(asked)

        def more(count: int) -> None:
            told(done + count, total)

        for name, some in ways:
            found = list(ask(some, task, measured.observe, send, jobs, more, deadline, together))
            corrupted[name] = _corrupted(measured, found)
            done += len(found)
        swapped = swap(held.groups, declared.counterfactuals, task, send, jobs, more, deadline, together)
    slices, apart = _partitions(measured, answered, declared)
    return Evaluated(
        n=whole.n,
        metrics=whole.metrics,
        name=asset.name,
        version=asset.version,
        task=asset.task,
        data=held.data,
        origin=declared.origin,
        slices=slices,
        disparities=apart,
        calibration=_calibration(measured, answered, whole),
        latency=statistics.median(one.seconds for one in answered),
        items=_observed(asked),
        corrupted=corrupted,
        counterfactuals=swapped,
        sensitive=sorted(name for name, partition in declared.slices.items() if partition.sensitive),
        stopped=stopped,
    )


def beyond_doubt(bars: Mapping[str, Bar], whole: Measured) -> str:
    """Which figure misses what it must reach with its whole interval, so that no more need be asked; or nothing."""
    for name, bar in bars.items():
        figure = whole.metrics.get(name)
        if figure is None or figure.low is None or figure.high is None:
            continue
        if bar.min is not None and figure.high < bar.min:
            return f"{name} is {figure.to_text()}, beyond doubt below {bar.min:g}"
        if bar.max is not None and figure.low > bar.max:
            return f"{name} is {figure.to_text()}, beyond doubt above {bar.max:g}"
    return ""


def _observed(asked: Iterable[Asked]) -> list[Observed]:
    return [Observed(name=one.name, slices=dict(one.slices), row=_plain(one.row), refusal=one.refusal) for one in asked]


def _plain(row: Row | None) -> dict[str, object] | None:
    return None if row is None else dict(row)


def _corrupted(measured: Measures, asked: Sequence[Asked]) -> Corrupted:
    """The figures without intervals: they are compared pair by pair. Where nothing is answered there are none."""
    rows = _rows(asked)
    values: Mapping[str, float] = measured.summarise(rows) if rows else {}
    metrics = {name: Figure(value=float(value)) for name, value in values.items() if math.isfinite(value)}
    return Corrupted(n=len(rows), metrics=metrics, items=_observed(asked))


def _measured(measured: Measures, asked: Sequence[Asked]) -> tuple[Measured, Mapping[str, Sequence[float]]]:
    """The figures over some items, and over every draw from them."""
    rows = _rows(asked)
    values = measured.summarise(rows)
    wrong = [name for name, value in values.items() if not math.isfinite(value)]
    if wrong:
        raise ModelyardError(f"over {len(rows)} items, {', '.join(wrong)} is no number: more kinds of items are needed")
    drawn = bootstrap.drawn_at(len(rows), measured.prepared(rows))
    found = {}
    for name, value in values.items():
        low, high = bootstrap.ends_of(drawn.get(name, ())) or (None, None)
        found[name] = Figure(value=float(value), low=low, high=high)
    return Measured(n=len(rows), metrics=found), drawn


def _calibration(measured: Measures, asked: Sequence[Asked], whole: Measured) -> Calibration | None:
    if measured.certainty is None:
        return None
    return calibration.diagram(_rows(asked), measured.certainty, whole.metrics)


def _partitions(
    measured: Measures, asked: Sequence[Asked], declared: Evaluation
) -> tuple[dict[str, dict[str, Measured]], dict[str, dict[str, Disparity]]]:
    """The figures over each part; and for declared partitions, how far those parts are apart that are large enough."""
    slices: dict[str, dict[str, Measured]] = {}
    apart: dict[str, dict[str, Disparity]] = {}
    for name, parts in sorted(_slices(asked).items()):
        found = {part: _measured(measured, some) for part, some in sorted(parts.items())}
        slices[name] = {part: one for part, (one, _) in found.items()}
        if partition := declared.slices.get(name):
            large = {part: one for part, one in slices[name].items() if one.n >= partition.min_n}
            apart[name] = disparities.of(large, {part: drawn for part, (_, drawn) in found.items()}, measured.metrics)
    return slices, {name: one for name, one in apart.items() if one}


def _slices(asked: Sequence[Asked]) -> Mapping[str, Mapping[str, list[Asked]]]:
    found: dict[str, dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    for one in asked:
        for partition, part in one.slices.items():
            found[partition][part].append(one)
    return found


def _rows(asked: Iterable[Asked]) -> list[Row]:
    return [one.row for one in asked if one.row is not None]
