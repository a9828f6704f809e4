"""The whole road: plan → fetch → build → check → publish → site, for what the plan says and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from modelyard.catalog import ingredients, tags
from modelyard.catalog.building import transfer
from modelyard.catalog.planning.plan import Planned, plan, quarantine
from modelyard.catalog.publishing import claim, telling
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.publishing.examined import Examined
from modelyard.catalog.records import evidence, pointing
from modelyard.catalog.records.report import Report
from modelyard.catalog.registry import Manifest
from modelyard.catalog.workspace import WAIVERS
from modelyard.manifest.asset import Variant

_ROUNDS = 5

Outcome = Literal["unchanged", "finished", "published", "quiet", "blocked", "quarantined"]


@dataclass(frozen=True)
class Released:
    """What became of one image."""

    planned: Planned
    outcome: Outcome
    digest: str | None
    report: Report | None = None
    said: str | None = None
    """What stopped it before it could be checked."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            **self.planned.to_dict(),
            "outcome": self.outcome,
            "digest": self.digest,
            "said": self.said,
            "report": self.report.model_dump(mode="json") if self.report else None,
        }


def release(
    builder: Builder,
    names: Iterable[str],
    variants: Sequence[Variant] = (),
    *,
    retry: bool = False,
    refresh: bool = False,
    jobs: int | None = None,
) -> list[Released]:
    """Publishes what changed and passes; what fails is left out, and the others go on.

    Args:
        builder: What builds.
        names: The assets; all of them if none is named.
        variants: The variants; those of catalog.yaml if none is named.
        retry: Build what is in quarantine again, and move tags that a rollback holds elsewhere.
        refresh: Build what is too old by catalog.yaml's `refresh` again, too.
        jobs: Images that are worked on at a time; as many as there are cores if left out.
    """
    refreshing = builder.refreshing() if refresh else None
    images = plan(builder.workspace, builder.registry, names, variants, refreshing, thorough=True)
    done = builder.each(images, lambda one: release_one(builder, one, retry=retry), _blocked, retry=retry, jobs=jobs)
    changed = {one.planned.asset.name for one in done if one.outcome != "unchanged"}
    telling.tell(builder, {one.planned.asset.name: one.planned.asset for one in done}, changed)
    return done


def _blocked(planned: Planned, said: str) -> Released:
    return Released(planned, "blocked", None, said=said)


def release_one(builder: Builder, planned: Planned, *, retry: bool = False) -> Released:
    """Takes one image as far as it has to go and may."""
    for _ in range(_ROUNDS):
        if planned.published is not None:
            return _finish(builder, planned, planned.published, even_held=retry)
        if planned.quarantine is not None and not retry:
            since = planned.quarantine.made
            builder.progress.note(f"{planned.name}: in quarantine since {since}; change it, or --retry")
            _show(builder, planned.quarantine)
            return Released(planned, "quarantined", None, planned.quarantine)
        alone = claim.alone(
            builder.registry,
            planned.asset.name,
            planned.key_tag.removeprefix("key-"),
            partial(_is_settled, builder, planned),
            builder.cache.root / "builders",
            builder.progress,
        )
        with alone as mine:
            if mine:
                return _make(builder, planned)
        planned, retry = _again(builder, planned), False  # the other one has just tried
    return _blocked(
        planned, f"{_ROUNDS} times another builder was done with it, and it was to build again: see who deletes tags"
    )


def _is_settled(builder: Builder, planned: Planned) -> bool:
    """Whether another builder has brought an image to its end: published with all its papers, or in quarantine."""
    name = planned.asset.name
    digest = builder.registry.digest(name, planned.key_tag)
    if digest is not None:
        return not evidence.missing(builder.registry, name, digest)
    return planned.quarantine is None and quarantine(builder.workspace, builder.registry, planned) is not None


def _again(builder: Builder, planned: Planned) -> Planned:
    """An image as the registry has it now, when another builder may have worked on it."""
    (found,) = plan(builder.workspace, builder.registry, [planned.asset.name], [planned.variant], thorough=True)
    return found


def _make(builder: Builder, planned: Planned) -> Released:
    """Builds an image, looks at it, and publishes it where it passes."""
    for line in ingredients.summary(planned.cause):
        builder.progress.note(f"{planned.name}: to build, because of {line}")
    image = builder.build(planned)
    examined = builder.examine(planned, image)
    report = examined.report(planned)
    _show(builder, report)
    if report.failed:
        evidence.block(builder.registry, report, planned.key_tag)
        builder.progress.note(f"{planned.name}: blocked, nothing is published: {len(report.failed)} checks failed")
        how = f"name the key {planned.key}, the check and a reason in {WAIVERS}"
        builder.progress.note(f"{planned.name}: to publish it all the same, {how}")
        builder.progress.note(f"{planned.name}: to look into it: docker run --rm -it -p 5000:5000 {image}")
        return Released(planned, "blocked", None, report)
    if examined.quiet and (same := builder.registry.manifest(planned.asset.name, tags.newest(planned.variant))):
        builder.progress.note(f"{planned.name}: nothing that anybody could tell is new, so nothing is published")
        builder.registry.tag(planned.asset.name, planned.key_tag, same)
        return Released(planned, "quiet", same.digest, report)
    return _publish(builder, planned, image, examined)


def _publish(builder: Builder, planned: Planned, image: str, examined: Examined) -> Released:
    """Pushes an image that passed, with all that is known of it; tags last."""
    manifest = transfer.push(builder.client, builder.registry, planned, image, builder.progress)
    report = _attach(builder, planned, examined, manifest)
    _point(builder, planned, manifest)
    transfer.push_base(builder.client, builder.registry, builder.base(planned), builder.progress)
    return Released(planned, "published", manifest.digest, report)


def _finish(builder: Builder, planned: Planned, manifest: Manifest, *, even_held: bool) -> Released:
    """Gives a published image what an interrupted release left out."""
    if planned.state == "published" or (planned.state == "held" and not even_held):
        for line in planned.held:
            builder.progress.note(f"{planned.name}: {line}")
        return Released(planned, "unchanged", manifest.digest)
    if planned.unfinished:
        builder.progress.note(f"{planned.name}: to finish: {', '.join(planned.unfinished)}")
    report = None
    if evidence.KINDS.keys() & set(planned.unfinished):
        image = transfer.pull(builder.client, builder.registry, planned, manifest, builder.progress)
        examined = builder.examine(planned, image)
        report = examined.report(planned, manifest.digest)
        _show(builder, report)
        if report.failed:
            return Released(planned, "blocked", None, report)
        _attach(builder, planned, examined, manifest)
    _point(builder, planned, manifest, even_held=even_held)
    return Released(planned, "finished", manifest.digest, report)


def _attach(builder: Builder, planned: Planned, examined: Examined, manifest: Manifest) -> Report:
    report = examined.report(planned, manifest.digest)
    assert examined.inventory is not None  # it became ready, or it would have failed
    evidence.attach(
        builder.registry,
        planned.asset,
        report,
        examined.inventory,
        builder.workspace.commit,
        examined.documents,
        builder.signer,
    )
    return report


def _point(builder: Builder, planned: Planned, manifest: Manifest, *, even_held: bool = False) -> None:
    before = pointing.point(builder.workspace, builder.registry, planned, manifest, even_held=even_held)
    for line in () if even_held else before.reasons:
        builder.progress.note(f"{planned.name}: {line}")
    fixed = tags.of_version(planned.asset, planned.variant)
    if planned.cause and before.before is not None and fixed not in before.lacking:
        builder.progress.note(
            f"{planned.name}: {fixed} stays at the first image of {planned.asset.version}; "
            "raise `version` in asset.yaml to give this one a tag that never moves"
        )


def _show(builder: Builder, report: Report) -> None:
    builder.progress.note(report.to_text())
