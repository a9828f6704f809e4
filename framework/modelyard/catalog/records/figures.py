"""The figures of an evaluation besides its metrics, as lines for a terminal and as tables for a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard.catalog.records.quality import Calibration, Changed, Measured, Quality
from modelyard.catalog.tables import cell

_BAR = 30


def to_lines(quality: Quality) -> Iterator[str]:
    """Slices, how far they are apart, calibration, swapped words and corruptions, for a terminal."""
    for partition, parts in quality.slices.items():
        yield f"  by {partition}:"
        for part, measured in parts.items():
            yield f"    {part}, {measured.n}: {_values(measured)}"
        for metric, one in quality.disparities.get(partition, {}).items():
            ratio = f", ratio {one.ratio.to_text()}" if one.ratio else ""
            yield f"    {metric}: {one.difference.to_text()} from {one.worst} to {one.best}{ratio}"
    if quality.calibration:
        yield from _diagram(quality.calibration)
    for name, swapped in quality.counterfactuals.items():
        where, *pair = swapped.farthest
        means = ", ".join(f"{measure} {figure.to_text()}" for measure, figure in swapped.means.items())
        yield f"  swapped words, {name}, {swapped.n} groups: on average {means}"
        yield f"    {swapped.measure} {swapped.largest:.4f} at most: {where}"
        yield from (f"      {one}" for one in pair)
    for key, corrupted in quality.corrupted.items():
        yield f"  {key}, {corrupted.n}: {_values(corrupted) or 'nothing was answered'}"
    if quality.stopped:
        yield f"  nothing corrupted or swapped was asked: {quality.stopped}"


def to_markdown(quality: Quality, changes: Mapping[str, Changed]) -> str:
    """All figures, for a pull request: the metrics first, the rest behind a fold.

    Args:
        quality: The figures.
        changes: How far the metrics moved against the published image; nothing where they are compared with none.
    """
    columns = ["metric", "95 %", *(["against the published image"] if changes else [])]
    rows = "".join(f"| {' | '.join(_row(name, quality, changes))} |\n" for name in quality.metrics)
    table = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n{rows}"
    head = f"### Quality\n\n{quality.n} items: {cell(quality.origin)}\n\n{table}"
    more = "".join(_tables(quality))
    return f"{head}\n<details><summary>Parts, calibration, swapped words, corruptions</summary>\n\n{more}</details>\n"


def _row(name: str, quality: Quality, changes: Mapping[str, Changed]) -> Iterator[str]:
    yield from (name, quality.metrics[name].to_text())
    if changes:
        yield changes[name].to_text() if name in changes else ""


def _tables(quality: Quality) -> Iterator[str]:
    for partition, parts in quality.slices.items():
        names = list(quality.metrics)
        yield f"| {cell(partition)} | n | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}\n"
        for part, measured in parts.items():
            values = " | ".join(measured.metrics[name].to_text() if name in measured.metrics else "" for name in names)
            yield f"| {cell(part)} | {measured.n} | {values} |\n"
        yield "\n"
        for metric, one in quality.disparities.get(partition, {}).items():
            ratio = f", ratio {one.ratio.to_text()}" if one.ratio else ""
            yield f"- {metric}: {one.difference.to_text()} from {cell(one.worst)} to {cell(one.best)}{ratio}\n"
        yield "\n"
    if calibration := quality.calibration:
        yield "| probability | n | said | right |\n|---|---|---|---|\n"
        for some in calibration.bins:
            span = f"{some.low:.2f} to {some.high:.2f}"
            yield f"| {span} | {some.n} | {some.confidence:.3f} | {some.accuracy:.3f} |\n"
        yield "\n"
    for name, swapped in quality.counterfactuals.items():
        mean, where = swapped.means[swapped.measure].to_text(), cell(" · ".join(swapped.farthest))
        yield f"- swapped words, {cell(name)}: {swapped.measure} {swapped.largest:.4f} at most, "
        yield f"on average {mean} over {swapped.n} groups; {where}\n"
    for key, corrupted in quality.corrupted.items():
        yield f"- {cell(key)}, {corrupted.n}: {_values(corrupted) or 'nothing was answered'}\n"
    if quality.stopped:
        yield f"- nothing corrupted or swapped was asked: {cell(quality.stopped)}\n"


def _diagram(calibration: Calibration) -> Iterator[str]:
    """The reliability diagram: a bar is as long as what is right, a mark stands where the probability is."""
    yield f"  calibration: error {calibration.error.to_text()}, Brier score {calibration.brier.to_text()}"
    for one in calibration.bins:
        right, said = (round(share * _BAR) for share in (one.accuracy, one.confidence))
        bar = list("█" * right + " " * (_BAR + 1 - right))
        bar[min(said, _BAR)] = "│"
        told = f"said {one.confidence:.3f}, right {one.accuracy:.3f}, {one.n}"
        yield f"    {one.low:.2f}-{one.high:.2f} {''.join(bar)} {told}"


def _values(measured: Measured) -> str:
    return ", ".join(f"{name} {figure.value:.4f}" for name, figure in measured.metrics.items())
