"""The report of an image, wherever it stands: beside one that was published, in quarantine for one that was not."""

from __future__ import annotations

from modelyard.catalog.records import evidence, history
from modelyard.catalog.records.plot import Point
from modelyard.catalog.records.report import Report
from modelyard.catalog.registry import Registry
from modelyard.errors import ModelyardError

_KEY = 12
_DAY = 10


def read(registry: Registry, name: str, reference: str) -> Report:
    """The report of a published image, with what an attack made of it, where anybody tried one.

    Args:
        registry: Where it is.
        name: Its name.
        reference: Its tag or digest.

    Raises:
        ModelyardError: There is no such image, or no report stands beside it.
    """
    image = registry.manifest(name, reference)
    if image is None:
        raise ModelyardError(f"{registry.repository(name)}: there is no image {reference[:100]!r}")
    report = evidence.read(registry, name, image)
    if report is None:
        raise ModelyardError(f"{registry.repository(name)}@{image.digest}: no report stands beside the image")
    return report.model_copy(update={"attacked": evidence.attacked(registry, name, image)})


def blocked(registry: Registry, name: str) -> Report:
    """The report of the image that was blocked last.

    Raises:
        ModelyardError: None was.
    """
    found = history.read(registry, name).quarantined
    if not found:
        raise ModelyardError(f"{name}: no image of it was blocked")
    return found[0]


def points(found: history.History, metric: str, variant: str) -> list[Point]:
    """A metric over an asset's images of one line, the oldest first, those that were blocked among them.

    Args:
        found: The history of the asset.
        metric: The metric's name.
        variant: Which line.

    Raises:
        ModelyardError: No image has such a figure.
    """
    published = [one.report for one in found.images if one.report is not None]
    reports = [one for one in (*published, *found.quarantined) if one.variant == variant]
    with_figures = [one for one in reports if one.quality is not None]
    drawn = [
        _point(one, metric)
        for one in sorted(with_figures, key=lambda report: report.made)
        if one.quality is not None and metric in one.quality.metrics
    ]
    if not drawn:
        known = sorted({name for one in with_figures if one.quality for name in one.quality.metrics})
        said = f"there are {', '.join(known)}" if known else f"no report of {len(reports)} has figures"
        raise ModelyardError(f"{found.name} ({variant}): no image has a figure {metric!r}: {said}")
    return drawn


def _point(report: Report, metric: str) -> Point:
    assert report.quality is not None
    figure = report.quality.metrics[metric]
    kinds = sorted({line.partition(":")[0] for line in report.cause})
    return Point(
        f"{report.made[:_DAY]} {report.version} {report.key[:_KEY]}",
        figure.value,
        figure.value if figure.low is None else figure.low,
        figure.value if figure.high is None else figure.high,
        f"{report.verdict}; {', '.join(kinds)}",
        report.lets_through,
    )
