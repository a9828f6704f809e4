"""Whether figures are good enough for an image to be published: a floor, and no worse than what is published now.

What an image may lose is judged on the items that both have answered, paired: the lower end of what the bootstrap
leaves the change in must not be beyond what is allowed. An image that answers as the published one does loses nothing,
however few items there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from modelyard.catalog.evaluation import bootstrap
from modelyard.catalog.evaluation.evaluate import module_of
from modelyard.catalog.evaluation.metric import Metric, Row
from modelyard.catalog.records.evaluated import Evaluated, Observed
from modelyard.catalog.records.quality import Measured
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Bar, Evaluation, Partition, Robustness

_SHOWN = 3


@dataclass(frozen=True)
class Baseline:
    """What a candidate is compared with.

    Attributes:
        evaluated: How the published image answers the same items; None where there is none.
        why_none: Why there is none.
    """

    evaluated: Evaluated | None
    why_none: str = "first of its line: nothing to compare with"


def judge(candidate: Evaluated, declared: Evaluation, baseline: Baseline) -> Iterator[Checked]:
    """A line for each metric that must reach something, for each partition, and for items that got no answer.

    Args:
        candidate: How the candidate answers.
        declared: What the asset says it must reach.
        baseline: How the published image answers the same items.
    """
    yield _answered(candidate)
    module = module_of(candidate.task)
    for name, bar in declared.metrics.items():
        yield _metric(name, bar, candidate, baseline, module)
    for name, partition in declared.slices.items():
        yield from _partition(name, partition, candidate, baseline, module)
    if declared.robustness:
        for name in dict.fromkeys(key.rpartition(" ")[0] for key in candidate.corrupted):
            yield _robust(name, declared.robustness, candidate, baseline, module)


def worsening(metric: Metric, difference: bootstrap.Difference) -> tuple[float, float]:
    """How much worse a figure became, and how much worse it may have become at most; below 0 is better."""
    if metric.better == "higher":
        return -difference.value, -difference.low
    return difference.value, difference.high


def _answered(candidate: Evaluated) -> Checked:
    refused = candidate.refused
    said = f"{candidate.n} labelled items answered"
    if refused:
        first = "; ".join(f"{item}: {why}" for item, why in list(refused.items())[:_SHOWN])
        said = f"{len(refused)} of {len(candidate.items)} labelled items got no answer: {first}"
    return Checked(name="quality", passed=not refused, said=said, measures={"n": float(candidate.n)})


def _metric(name: str, bar: Bar, candidate: Evaluated, baseline: Baseline, module: ModuleType) -> Checked:
    metric: Metric = module.METRICS[name]
    figure = candidate.metrics[name]
    parts, passed = [f"{figure.to_text()} over {candidate.n} items"], True
    measures = {"value": figure.value, "n": float(candidate.n)}
    if bar.min is not None:
        parts.append(f"at least {bar.min:g}")
        passed &= figure.value >= bar.min
    if bar.max is not None:
        parts.append(f"at most {bar.max:g}")
        passed &= figure.value <= bar.max
    if bar.max_drop is not None:
        if baseline.evaluated is None:
            parts.append(baseline.why_none)
        else:
            change = _change(baseline.evaluated.items, candidate.items, module)[name]
            said, fine, more = _change_told(metric, change, bar.max_drop)
            parts.append(said)
            passed &= fine
            measures |= more
    return Checked(name=f"quality {name}", passed=passed, said="; ".join(parts), measures=measures)


def _change_told(metric: Metric, change: bootstrap.Difference, allowed: float) -> tuple[str, bool, dict[str, float]]:
    worse, at_most = worsening(metric, change)
    fine = at_most <= allowed
    direction = "worse" if worse > 0 else "better"
    said = (
        "as the published image" if worse == 0 == at_most else f"{abs(worse):.4f} {direction} than the published image"
    )
    if at_most > 0:
        said += f", up to {at_most:.4f} worse"
    said += f" (at most {allowed:g} worse, 95 % confidence, n = {change.n})"
    return said, fine, {"worse": worse, "worse at most": at_most}


def _partition(
    name: str, partition: Partition, candidate: Evaluated, baseline: Baseline, module: ModuleType
) -> Iterator[Checked]:
    parts = candidate.slices.get(name, {})
    judged = {part: measured for part, measured in parts.items() if measured.n >= partition.min_n}
    small = [f"{part} ({measured.n})" for part, measured in parts.items() if part not in judged]
    if not judged:
        said = f"no part has {partition.min_n} items: {', '.join(small) or 'there is none'}"
        yield Checked(name=f"slices {name}", passed=False, said=said)
        return
    for metric, allowed in partition.max_gap.items():
        yield _gap(name, metric, allowed, judged, small)
    for metric, allowed in partition.max_drop.items():
        yield _drops(name, metric, allowed, sorted(judged), candidate, baseline, module)


def _gap(name: str, metric: str, allowed: float, judged: Mapping[str, Measured], small: Sequence[str]) -> Checked:
    values = {part: measured.metrics[metric].value for part, measured in judged.items()}
    low, high = min(values, key=lambda part: values[part]), max(values, key=lambda part: values[part])
    gap = values[high] - values[low]
    said = (
        f"{metric} from {values[low]:.4f} ({low}) to {values[high]:.4f} ({high}): {gap:.4f} apart, at most {allowed:g}"
    )
    if small:
        said += f"; too small to be judged: {', '.join(small)}"
    return Checked(name=f"gap by {name}", passed=gap <= allowed, said=said, measures={"gap": gap})


def _drops(
    name: str,
    metric: str,
    allowed: float,
    judged: Sequence[str],
    candidate: Evaluated,
    baseline: Baseline,
    module: ModuleType,
) -> Checked:
    if baseline.evaluated is None:
        return Checked(name=f"{metric} by {name}", passed=True, said=baseline.why_none)
    worst, lines, passed = 0.0, [], True
    for part in judged:
        before, after = (
            [item for item in one.items if item.slices.get(name) == part] for one in (baseline.evaluated, candidate)
        )
        change = _change(before, after, module)[metric]
        said, fine, _ = _change_told(module.METRICS[metric], change, allowed)
        worst = max(worst, worsening(module.METRICS[metric], change)[1])
        passed &= fine
        if not fine:
            lines.append(f"{part}: {said}")
    said = "; ".join(lines) or f"none of {len(judged)} parts is more than {allowed:g} worse than in the published image"
    return Checked(name=f"{metric} by {name}", passed=passed, said=said, measures={"worse at most": worst})


def _robust(name: str, declared: Robustness, candidate: Evaluated, baseline: Baseline, module: ModuleType) -> Checked:
    """One corruption, at all severities: how much of the metric it takes, and whether it takes more than before."""
    metric, metrics = declared.metric, module.METRICS
    clean = candidate.metrics[metric].value
    parts, measures, passed = [], {}, True
    for key, corrupted in candidate.corrupted.items():
        if key.rpartition(" ")[0] != name:
            continue
        if metric not in corrupted.metrics:
            parts.append(f"{key}: nothing was answered")
            passed = False
            continue
        value = corrupted.metrics[metric].value
        said = f"{key}: {value:.4f}"
        if corrupted.n < len(corrupted.items):
            said += f" with {corrupted.n} of {len(corrupted.items)} answered"
            passed = False
        measures[f"relative drop {key}"] = _relative_drop(metrics[metric], clean, value)
        before = baseline.evaluated.corrupted.get(key) if baseline.evaluated else None
        if declared.max_drop is not None and before is not None:
            change = _change(before.items, corrupted.items, module)[metric]
            told, fine, _ = _change_told(metrics[metric], change, declared.max_drop)
            said += f", {told}"
            passed &= fine
        parts.append(said)
    if declared.max_drop is not None and baseline.evaluated is None:
        parts.append(baseline.why_none)
    said = f"{metric} {clean:.4f} becomes {'; '.join(parts)}"
    return Checked(name=f"robust to {name}", passed=passed, said=said, measures=measures)


def _relative_drop(metric: Metric, clean: float, value: float) -> float:
    """The share of the metric that is lost; of one of which less is better, the share by which it grew."""
    lost = clean - value if metric.better == "higher" else value - clean
    return lost / max(abs(clean), 1e-9)


def _change(
    before: Sequence[Observed], after: Sequence[Observed], module: ModuleType
) -> Mapping[str, bootstrap.Difference]:
    """How much each figure changed, over the items that both have answered."""
    known = {item.name: item.row for item in before if item.row is not None}
    pairs: list[tuple[Row, Row]] = [
        (known[item.name], item.row) for item in after if item.row is not None and item.name in known
    ]
    return bootstrap.differences([pair[0] for pair in pairs], [pair[1] for pair in pairs], module.summarise)
