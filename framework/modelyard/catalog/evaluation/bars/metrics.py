"""Metrics over all items: a floor, and no worse than what is published now."""

from __future__ import annotations

from modelyard.catalog.evaluation import changes
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.measures import Measures
from modelyard.catalog.evaluation.metric import Metric
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Bar


def judge(name: str, bar: Bar, candidate: Evaluated, baseline: Baseline, measured: Measures) -> Checked:
    """One metric over all items: its floor, and what it may lose against the published image."""
    metric: Metric = measured.metrics[name]
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
            change = changes.paired(baseline.evaluated.items, candidate.items, measured.prepared)[name]
            said, fine, more = changes.told(metric, change, bar.max_drop)
            parts.append(said)
            passed &= fine
            measures |= more
    return Checked(name=f"quality {name}", passed=passed, said="; ".join(parts), measures=measures)
