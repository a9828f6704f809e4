"""Two published images side by side: figures, costs, checks, licences, answers; read from the registry alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelyard.catalog import labels
from modelyard.catalog.evaluation import changes
from modelyard.catalog.records import evidence
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.quality import Changed, Figure
from modelyard.catalog.records.report import Report
from modelyard.catalog.registry import Manifest, Registry
from modelyard.errors import ModelyardError
from modelyard.manifest.model import Model

_SHOWN = 8
_DIGEST = 19


class Side(Model):
    """One of the two."""

    image: str
    """As it was asked for."""
    name: str
    """The asset."""
    version: str
    """Its version."""
    variant: str
    """Which of its images."""
    digest: str
    """The image."""
    made: str
    """When it was checked."""
    verdict: str
    """What the checks said."""
    data: str | None
    """The hash of the labelled data; none where it has no figures."""


class Pair(Model):
    """A number of both."""

    first: float | None
    """The first one's; none where it has none."""
    second: float | None
    """The second one's."""


class Change(Model):
    """A metric of both, and how far it changed from the first to the second."""

    first: Figure | None
    """The first one's; none where it has none."""
    second: Figure | None
    """The second one's."""
    difference: Changed | None
    """The second less the first over the items that both answered; none where data differ."""


class Compared(Model):
    """Two published images side by side."""

    first: Side
    """The one."""
    second: Side
    """The other."""
    metrics: dict[str, Change]
    """Every metric that either has."""
    slices: dict[str, dict[str, dict[str, Pair]]]
    """Every metric over each part that both have, by partition and part."""
    costs: dict[str, Pair]
    """What the checks measured of both: sizes in MB, seconds."""
    checks: dict[str, list[str]]
    """The checks whose verdicts differ, with both."""
    licences: dict[str, list[str]]
    """The parts whose licences differ, with both."""
    moved: list[str]
    """The labelled items that were answered differently; of items that both answered."""

    def to_text(self) -> str:
        """All of it, for a terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for letter, side in (("A", self.first), ("B", self.second)):
            what = f"{side.name} {side.version} ({side.variant})"
            yield f"{letter}  {what}  {side.digest[:_DIGEST]}  {side.verdict}, {side.made}"
        if not self.metrics:
            yield "  neither has figures"
        elif self.first.data != self.second.data:
            yield "  their figures are of different labelled data: no difference can be told"
        for name, change in self.metrics.items():
            both = "  →  ".join(one.to_text() if one else "none" for one in (change.first, change.second))
            apart = f"   B - A: {change.difference.to_text()}, n = {change.difference.n}" if change.difference else ""
            yield f"  {name:24}{both}{apart}"
        for partition, parts in self.slices.items():
            for part, metrics in parts.items():
                told = ", ".join(f"{name} {pair.first:.4f} → {pair.second:.4f}" for name, pair in metrics.items())
                yield f"  {partition} {part}: {told}"
        for name, pair in self.costs.items():
            told = " → ".join("none" if one is None else f"{one:g}" for one in (pair.first, pair.second))
            yield f"  {name:24}{told}"
        for what, differing in (("check", self.checks), ("licence of", self.licences)):
            for name, (first, second) in differing.items():
                yield f"  {what} {name}: {first} → {second}"
        if self.moved:
            more = f" and {len(self.moved) - _SHOWN} more" if len(self.moved) > _SHOWN else ""
            yield f"  {len(self.moved)} labelled items answered differently: {', '.join(self.moved[:_SHOWN])}{more}"


def compare(registry: Registry, first: tuple[str, str], second: tuple[str, str]) -> Compared:
    """Two published images, of one asset or of two of the same task.

    Args:
        registry: Where they are.
        first: Name, and tag or digest.
        second: The same of the other.

    Raises:
        ModelyardError: There is no such image, one has no report, or they answer different kinds of questions.
    """
    before, after = (_read(registry, *one) for one in (first, second))
    tasks = {one.evaluated.task for one in (before, after) if one.evaluated}
    if len(tasks) > 1:
        raise ModelyardError(f"{first[0]} and {second[0]} answer different questions: {' and '.join(sorted(tasks))}")
    return Compared(
        first=before.side,
        second=after.side,
        metrics=_metrics(before.evaluated, after.evaluated),
        slices=_slices(before.evaluated, after.evaluated),
        costs=_costs(before.report, after.report),
        checks=_checks(before.report, after.report),
        licences=_differing(before.report.licences, after.report.licences, "not in it"),
        moved=_moved(before.evaluated, after.evaluated),
    )


@dataclass(frozen=True)
class _Read:
    side: Side
    report: Report
    evaluated: Evaluated | None


def _read(registry: Registry, name: str, reference: str) -> _Read:
    image: Manifest | None = registry.manifest(name, reference)
    if image is None:
        raise ModelyardError(f"{registry.repository(name)}: there is no image {reference[:100]!r}")
    report = evidence.read(registry, name, image)
    if report is None:
        raise ModelyardError(f"{registry.repository(name)}@{image.digest}: no report stands beside the image")
    evaluated = evidence.evaluated(registry, name, image)
    written = registry.labels(name, image)
    side = Side(
        image=f"{name}:{reference}" if ":" not in reference else f"{name}@{reference}",
        name=name,
        version=report.version,
        variant=written.get(labels.VARIANT, report.variant),
        digest=image.digest,
        made=report.made,
        verdict=report.verdict,
        data=evaluated.data if evaluated else None,
    )
    return _Read(side, report, evaluated)


def _metrics(before: Evaluated | None, after: Evaluated | None) -> dict[str, Change]:
    had, has = (one.metrics if one else {} for one in (before, after))
    differences = changes.whole(before, after) if before and after else {}
    found = {}
    for name in {**has, **had}:
        found[name] = Change(first=had.get(name), second=has.get(name), difference=differences.get(name))
    return found


def _slices(before: Evaluated | None, after: Evaluated | None) -> dict[str, dict[str, dict[str, Pair]]]:
    if not (before and after and before.data == after.data):
        return {}
    return {
        partition: {
            part: {
                name: Pair(first=before.slices[partition][part].metrics[name].value, second=figure.value)
                for name, figure in measured.metrics.items()
                if name in before.slices[partition][part].metrics
            }
            for part, measured in parts.items()
            if part in before.slices[partition]
        }
        for partition, parts in after.slices.items()
        if partition in before.slices
    }


def _costs(before: Report, after: Report) -> dict[str, Pair]:
    """The checks that measure the one thing that they are called by: image size, readiness, memory."""
    had, has = (
        {check.name: check.measures[check.name] for check in report.checks if check.name in check.measures}
        for report in (before, after)
    )
    return {name: Pair(first=had.get(name), second=has.get(name)) for name in {**had, **has}}


def _checks(before: Report, after: Report) -> dict[str, list[str]]:
    had, has = (
        {check.name: "passed" if check.passed else "failed" if check.stops else "waived" for check in report.checks}
        for report in (before, after)
    )
    return _differing(had, has, "not looked at")


def _differing(first: Mapping[str, str], second: Mapping[str, str], without: str) -> dict[str, list[str]]:
    pairs = {name: [first.get(name, without), second.get(name, without)] for name in {**first, **second}}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _moved(before: Evaluated | None, after: Evaluated | None) -> list[str]:
    """Items whose rows differ by more than the last digits of a number."""
    if not (before and after and before.data == after.data):
        return []
    return [name for name, row in after.rows.items() if name in before.rows and not _same(before.rows[name], row)]


def _same(first: object, second: object) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=1e-3, abs_tol=1e-3)
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(_same(value, second[name]) for name, value in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    return json.dumps(first) == json.dumps(second)
