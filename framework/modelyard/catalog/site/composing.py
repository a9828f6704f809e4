"""From what the registry says of an asset to what its pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from modelyard.catalog.records.chronicle import Chronicle, Described, Stopped, Told
from modelyard.catalog.records.report import Checked
from modelyard.catalog.site import prose
from modelyard.catalog.site.model import (
    Asset,
    Failure,
    Listed,
    Measure,
    Release,
    Sample,
    Stamp,
    State,
    Waived,
    words,
)
from modelyard.catalog.site.sections import asking, history
from modelyard.catalog.site.sections.quality import measure as _measure
from modelyard.catalog.site.shown import Fact
from modelyard.catalog.tags import newest
from modelyard.manifest.asset import Card
from modelyard.manifest.catalog import Withdrawn


@dataclass(frozen=True)
class Given:
    """What is known of an asset when its pages are made.

    Attributes:
        name: The asset.
        repository: The image's full name.
        chronicle: What the registry says; None where it holds nothing, or what can't be read.
        described: What the asset says of itself; None where nothing does.
        wanted: Whether the catalog has it.
        withdrawn: Why it was withdrawn, where catalog.yaml says so.
        trouble: Why the registry's word can't be read; empty where it can.
    """

    name: str
    repository: str
    chronicle: Chronicle | None
    described: Described | None
    wanted: bool
    withdrawn: Withdrawn | None
    trouble: str = ""


def current(given: Given) -> dict[str, Told]:
    """The image that people get of each variant."""
    told = given.chronicle.images if given.chronicle else []
    return {one.variant: one for one in told if newest("gpu" if one.variant == "gpu" else "cpu") in one.tags}


def shown(images: Mapping[str, Told]) -> Told | None:
    """The image that pages tell of first, of those that people get: the cpu's, where there is one."""
    return images.get("cpu") or next(iter(images.values()), None)


def compose(given: Given, samples: Sequence[Sample], stamp: Stamp) -> Asset:
    """What the pages of an asset show.

    Args:
        given: What is known of it.
        samples: Its gallery.
        stamp: When and from which registry; the digest is that of the image that people get.
    """
    told = given.chronicle.images if given.chronicle else []
    stopped = given.chronicle.stopped if given.chronicle else []
    images = current(given)
    first = shown(images)
    measures = _measures(first, given.described)
    listed = _listed(given, told, stopped, images, first, measures, samples)
    quality = first.quality if first else None
    card = given.described.card if given.described else None
    offered = listed.state.name != "withdrawn"
    task = asking.task(listed.task)
    on_card = card.metrics[0].origin if card and card.metrics else ""
    return Asset(
        listed=listed,
        stamp=replace(stamp, digest=first.digest if first else ""),
        repository=given.repository,
        run=asking.starting(given.repository, images, given.described) if offered else (),
        ask=asking.asking(given.repository, first, given.described, samples) if first and offered else (),
        measures=measures,
        measured_on=quality.origin if quality else on_card,
        quality=quality,
        facts=_facts(given.described) if given.described else (),
        prose=prose.to_markup(given.described.prose) if given.described else Markup(),
        samples=samples,
        licences=first.licences if first else {},
        releases=[_release(one) for one in told],
        failures=[_failure(one) for one in stopped],
        layers=[(layer.size, layer.made_by) for layer in first.layers] if first else (),
        labels=given.described.labels if given.described else (),
        trends=history.trends(told, stopped, first.variant if first else "cpu"),
        kinds=task.input.media_types if task else (),
        chronicle=_whole(given),
    )


def _whole(given: Given) -> Chronicle | None:
    """The chronicle, with what the asset says of itself now."""
    return given.chronicle and given.chronicle.model_copy(update={"described": given.described})


def _listed(
    given: Given,
    told: Sequence[Told],
    stopped: Sequence[Stopped],
    images: Mapping[str, Told],
    shown: Told | None,
    measures: Sequence[Measure],
    samples: Sequence[Sample],
) -> Listed:
    described, last = given.described, told[0] if told else None
    task = described.task if described else last.task if last else ""
    kind, task_title = _of_task(task)
    return Listed(
        name=given.name,
        title=(described.title if described else last.title if last else "").strip() or given.name,
        summary=described.summary if described else last.summary if last else "",
        task=task,
        task_title=task_title,
        kind=kind,
        domain=described.card.domain if described else "",
        license=described.license if described else last.license if last else "",
        state=_state(given, shown, stopped),
        instead=given.withdrawn.instead if given.withdrawn else None,
        version=shown.version if shown else "",
        variants=sorted(images),
        digest=shown.digest if shown else "",
        made=shown.made if shown else "",
        size=shown.measures.get("image size") if shown else None,
        ready=shown.measures.get("ready") if shown else None,
        headline=measures[0] if measures else None,
        picture=samples[0].picture if samples else None,
        versions=len(told),
        stopped=len(stopped),
        application=described.card.application if described else "",
        runtimes=sorted({one.runtime for one in images.values() if one.runtime}),
        papers=described.card.papers if described else [],
        signed=shown is not None and "verdict" in shown.documents,
        waived=[_waived(one, check) for one in images.values() for check in one.failed if check.waived],
    )


def _waived(told: Told, check: Checked) -> Waived:
    return Waived(version=told.version, variant=told.variant, check=check.name, said=check.said, why=check.waived or "")


def _state(given: Given, shown: Told | None, stopped: Sequence[Stopped]) -> State:
    if given.withdrawn or (not given.wanted and shown):
        why = given.withdrawn.why if given.withdrawn else "the catalog has it no more"
        return State(name="withdrawn", tone="off", said=f"Withdrawn: {why}")
    if given.trouble:
        return State(name="unreadable", tone="bad", said=f"What the registry holds can't be read: {given.trouble}")
    failed = stopped[0] if stopped and (shown is None or stopped[0].made > shown.made) else None
    names = ", ".join(check.name for check in failed.failed) if failed else ""
    if shown is None:
        if failed is None:
            return State(name="unpublished", tone="off", said="Nothing is published yet.")
        return State(name="blocked", tone="bad", said=f"Nothing is published: {failed.version} failed {names}.")
    last = shown.moves[-1] if shown.moves else None
    if last is not None and last.kind == "rollback":
        said = f"Rolled back to {shown.version} on {last.made[:10]}: {last.reason}"
        return State(name="rolled back", tone="waiting", said=said)
    if failed is not None:
        said = f"{failed.version} of {failed.made[:10]} failed {names}, so {shown.version} stays."
        return State(name="held back", tone="waiting", said=said)
    if shown.verdict == "waived":
        said = f"It failed {', '.join(check.name for check in shown.failed)}, which was waived."
        return State(name="waived", tone="waiting", said=said)
    return State(name="published", tone="good", said=f"Passed all of {shown.checks} checks.")


def _measures(shown: Told | None, described: Described | None) -> list[Measure]:
    """The metrics that the image's report has; for reports of older versions those that were judged, or the card's."""
    if shown is not None and shown.quality is not None:
        quality = shown.quality
        return [_measure(key, one, quality.n) for key, one in quality.metrics.items()]
    if shown is not None and shown.figures:
        return [_measure(key, one) for key, one in shown.figures.items()]
    metrics = described.card.metrics if described and shown else []
    return [Measure(name=words(one.name), key=one.name, value=one.value, n=one.n) for one in metrics]


def _facts(described: Described) -> list[Fact]:
    card: Card = described.card
    given: list[tuple[str, Sequence[str]]] = [
        ("Used for", [card.application]),
        ("Not for", [card.not_for] if card.not_for else []),
        ("Input", [card.input_format]),
        ("Trained on", [card.training_data]),
        ("Framework", [card.framework]),
        ("Industry", [card.industry]),
        ("Limits", [card.limits]),
        ("Known failures", [card.known_failures] if card.known_failures else []),
        ("Ethical considerations", [card.ethical_considerations]),
        ("Papers", card.papers),
        ("Links", card.links),
        ("Comes from", [described.source]),
    ]
    return [Fact(term, [prose.link(text) for text in said]) for term, said in given if said]


def _release(told: Told) -> Release:
    quality = told.quality.metrics if told.quality else told.figures
    first = next(iter(quality.items()), None)
    return Release(
        digest=told.digest,
        key=told.key,
        version=told.version,
        variant=told.variant,
        made=told.made,
        tags=told.tags,
        cause=told.cause,
        verdict=told.verdict or "no report",
        checks=told.checks,
        failed=[_line(check) for check in told.failed],
        moves=[f"{move.kind} on {move.made[:10]}: {move.reason}" for move in told.moves if move.kind == "rollback"],
        measures=told.measures,
        headline=_measure(*first) if first else None,
        documents=told.documents,
        signed="verdict" in told.documents,
    )


def _failure(stopped: Stopped) -> Failure:
    lines = [_line(check) for check in stopped.failed]
    return Failure(stopped.version, stopped.variant, stopped.key, stopped.made, lines)


def _line(check: Checked) -> str:
    return f"{check.name}: {check.said}{f' (waived: {check.waived})' if check.waived else ''}"


def _of_task(name: str) -> tuple[str, str]:
    """The family of a task's input, and its title; of a task that there is no more, what its name tells."""
    task = asking.task(name)
    if task is None:
        return "file", name.replace("-", " ").capitalize()
    family = task.input.media_types[0].partition("/")[0]
    return family if family in ("image", "audio", "text") else "file", task.title
