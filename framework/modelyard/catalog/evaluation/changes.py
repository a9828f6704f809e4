"""How much worse figures became from one image to the next, over the same items, and how that is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelyard.catalog.evaluation import bootstrap, measures
from modelyard.catalog.evaluation.metric import Metric, Prepared, Row
from modelyard.catalog.records.evaluated import Evaluated, Observed
from modelyard.catalog.records.quality import Changed


def paired(before: Sequence[Observed], after: Sequence[Observed], prepared: Prepared) -> Mapping[str, Changed]:
    """How much each figure changed, over the items that both have answered.

    Args:
        before: What became of each item in the earlier image.
        after: The same in the later one.
        prepared: The metrics.
    """
    known = {item.name: item.row for item in before if item.row is not None}
    pairs: list[tuple[Row, Row]] = [
        (known[item.name], item.row) for item in after if item.row is not None and item.name in known
    ]
    return bootstrap.differences([pair[0] for pair in pairs], [pair[1] for pair in pairs], prepared)


def whole(before: Evaluated, after: Evaluated) -> Mapping[str, Changed]:
    """How much each figure changed over all items that both images answered; nothing where their data differ."""
    if before.data != after.data:
        return {}
    return paired(before.items, after.items, measures.of(after.task).prepared)


def worsening(metric: Metric, difference: Changed) -> tuple[float, float]:
    """How much worse a figure became, and how much worse it may have become at most; below 0 is better."""
    if metric.better == "higher":
        return -difference.value, -difference.low
    return difference.value, difference.high


def told(metric: Metric, change: Changed, allowed: float) -> tuple[str, bool, dict[str, float]]:
    """A change in words, whether it is within what is allowed beyond doubt, and its measures."""
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
