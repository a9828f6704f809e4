"""Corrupted items: how much of a metric they take, and whether they take more than from the published image."""

from __future__ import annotations

from modelyard.catalog.evaluation import changes
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.measures import Measures
from modelyard.catalog.evaluation.metric import Metric
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Robustness


def judge(name: str, declared: Robustness, candidate: Evaluated, baseline: Baseline, measured: Measures) -> Checked:
    """One corruption, at all severities: how much of the metric it takes, and whether it takes more than before."""
    metric, metrics = declared.metric, measured.metrics
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
            change = changes.paired(before.items, corrupted.items, measured.prepared)[metric]
            told, fine, _ = changes.told(metrics[metric], change, declared.max_drop)
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
