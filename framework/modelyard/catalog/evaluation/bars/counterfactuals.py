"""Swapped words: how far answers may move, and no further than those of the published image."""

from __future__ import annotations

from collections.abc import Mapping

from modelyard.catalog.evaluation import bootstrap, swapping
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.evaluation.metric import listing
from modelyard.catalog.records.evaluated import Counterfactual, Evaluated
from modelyard.catalog.records.quality import Changed
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Counterfactuals


def judge(name: str, declared: Counterfactuals, candidate: Evaluated, baseline: Baseline) -> Checked:
    """One set of groups: the largest shift within one, and how much the mean grew."""
    found = candidate.counterfactuals[name]
    mean = found.means[declared.measure]
    where, *pair = found.farthest
    said = (
        f"{declared.measure} moves by {found.largest:.4f} at most, at most {declared.max_shift:g} allowed ({where}: "
        f"{' | '.join(pair)}); {mean.to_text()} on average over {found.n} groups"
    )
    passed = found.largest <= declared.max_shift
    measures = {"largest": found.largest, "mean": mean.value, "n": float(found.n)}
    if found.refused:
        item, why = next(iter(found.refused.items()))
        said, passed = f"{len(found.refused)} inputs got no answer: {item}: {why}; {said}", False
    if declared.max_rise is not None:
        before = baseline.evaluated.counterfactuals.get(name) if baseline.evaluated else None
        if before is None:
            said += f"; {baseline.why_none}"
        else:
            rise = _rise(before, found)[declared.measure]
            said += f"; {rise.value:+.4f} ({rise.low:+.4f} to {rise.high:+.4f}) against the published image's, "
            said += f"at most {declared.max_rise:+g} beyond doubt"
            passed &= rise.high <= declared.max_rise
            measures["rise at most"] = rise.high
    return Checked(name=f"counterfactuals {name}", passed=passed, said=said, measures=measures)


def _rise(before: Counterfactual, after: Counterfactual) -> Mapping[str, Changed]:
    known = {group.name: group.apart for group in before.groups}
    pairs = [(known[group.name], group.apart) for group in after.groups if group.name in known]
    return bootstrap.differences([pair[0] for pair in pairs], [pair[1] for pair in pairs], listing(swapping.means))
