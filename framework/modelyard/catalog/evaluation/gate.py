"""Whether figures are good enough for an image to be published: a floor, and no worse than what is published now.

What an image may lose is judged on the items that both have answered, paired: the lower end of what the bootstrap
leaves the change in must not be beyond what is allowed. An image that answers as the published one does loses nothing,
however few items there are. Each section of `evaluation` in asset.yaml has its file under `bars/`.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.evaluation import measures
from modelyard.catalog.evaluation.bars import counterfactuals, metrics, robustness, slices
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.report import Checked
from modelyard.manifest.asset import Evaluation

_SHOWN = 3


def judge(candidate: Evaluated, declared: Evaluation, baseline: Baseline) -> Iterator[Checked]:
    """A line for each metric that must reach something, for each partition, and for items that got no answer.

    Args:
        candidate: How the candidate answers.
        declared: What the asset says it must reach.
        baseline: How the published image answers the same items.
    """
    yield _answered(candidate)
    measured = measures.of(candidate.task)
    for name, bar in declared.metrics.items():
        yield metrics.judge(name, bar, candidate, baseline, measured)
    for name, partition in declared.slices.items():
        yield from slices.judge(name, partition, candidate, baseline, measured)
    if candidate.stopped:
        yield Checked(
            name="quality stopped", passed=False, said=f"nothing corrupted or swapped was asked: {candidate.stopped}"
        )
        return
    if declared.robustness:
        for name in dict.fromkeys(key.rpartition(" ")[0] for key in candidate.corrupted):
            yield robustness.judge(name, declared.robustness, candidate, baseline, measured)
    for name, swapped in declared.counterfactuals.items():
        yield counterfactuals.judge(name, swapped, candidate, baseline)


def _answered(candidate: Evaluated) -> Checked:
    refused = candidate.refused
    said = f"{candidate.n} labelled items answered"
    if refused:
        first = "; ".join(f"{item}: {why}" for item, why in list(refused.items())[:_SHOWN])
        said = f"{len(refused)} of {len(candidate.items)} labelled items got no answer: {first}"
    return Checked(name="quality", passed=not refused, said=said, measures={"n": float(candidate.n)})
