"""Parts of the items: none worse than in the published image, and none too far from the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from modelyard.catalog.evaluation import changes
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.measures import Measures
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.quality import Measured
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Partition


def judge(
    name: str, partition: Partition, candidate: Evaluated, baseline: Baseline, measured: Measures
) -> Iterator[Checked]:
    """A line for each metric that the parts are held to."""
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
        yield _drops(name, metric, allowed, sorted(judged), candidate, baseline, measured)


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
    measured: Measures,
) -> Checked:
    if baseline.evaluated is None:
        return Checked(name=f"{metric} by {name}", passed=True, said=baseline.why_none)
    worst, lines, passed = 0.0, [], True
    for part in judged:
        before, after = (
            [item for item in one.items if item.slices.get(name) == part] for one in (baseline.evaluated, candidate)
        )
        change = changes.paired(before, after, measured.prepared)[metric]
        said, fine, _ = changes.told(measured.metrics[metric], change, allowed)
        worst = max(worst, changes.worsening(measured.metrics[metric], change)[1])
        passed &= fine
        if not fine:
            lines.append(f"{part}: {said}")
    said = "; ".join(lines) or f"none of {len(judged)} parts is more than {allowed:g} worse than in the published image"
    return Checked(name=f"{metric} by {name}", passed=passed, said=said, measures={"worse at most": worst})
