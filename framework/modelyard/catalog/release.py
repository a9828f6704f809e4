"""The whole road: plan → fetch → build → check → publish, for what the plan says and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import docker

from modelyard.catalog import beside, build, convert, evidence, ingredients, pointing, publish, sandbox, tags
from modelyard.catalog.engine import NoEngine, connect
from modelyard.catalog.examined import Examined, examine
from modelyard.catalog.fetching import fetch_all
from modelyard.catalog.plan import Planned, plan
from modelyard.catalog.progress import Progress
from modelyard.catalog.refresh import Refreshing
from modelyard.catalog.registry import Manifest, Registry, RegistryDown
from modelyard.catalog.report import Checked, Report
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

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


@dataclass
class Builder:
    """What the steps of a release share."""

    workspace: Workspace
    registry: Registry
    cache: Cache
    progress: Progress
    _client: docker.DockerClient | None = None

    @property
    def client(self) -> docker.DockerClient:
        """The engine; looked for when it is first needed, so that a release of nothing needs none."""
        if self._client is None:
            self._client = connect()
            sandbox.sweep(self._client)
        return self._client

    def release(
        self, names: Iterable[str], variants: Sequence[Variant] = (), *, retry: bool = False, refresh: bool = False
    ) -> list[Released]:
        """Publishes what changed and passes; what fails is left out, and the others go on.

        Args:
            names: The assets; all of them if none is named.
            variants: The variants; those of catalog.yaml if none is named.
            retry: Build what is in quarantine again, and move tags that a rollback holds elsewhere.
            refresh: Build what is too old by catalog.yaml's `refresh` again, too.
        """
        released = []
        refreshing = self.refreshing() if refresh else None
        for planned in plan(self.workspace, self.registry, names, variants, refreshing, thorough=True):
            try:
                released.append(self.release_one(planned, retry=retry))
            except (NoEngine, RegistryDown):
                raise
            except ModelyardError as error:
                self.progress.note(f"{planned.name}: blocked: {error}")
                released.append(Released(planned, "blocked", None, said=str(error)))
        return released

    def refreshing(self) -> Refreshing:
        """What says which images are too old."""
        return Refreshing(self.workspace.catalog.refresh, self.workspace.catalog.python, self.progress.note)

    def release_one(self, planned: Planned, *, retry: bool = False) -> Released:
        """Takes one image as far as it has to go and may."""
        if planned.published is not None:
            return self._finish(planned, planned.published, even_held=retry)
        if planned.quarantine is not None and not retry:
            self.progress.note(f"{planned.name}: in quarantine since {planned.quarantine.made}; change it, or --retry")
            self._show(planned.quarantine)
            return Released(planned, "quarantined", None, planned.quarantine)
        for line in ingredients.summary(planned.cause):
            self.progress.note(f"{planned.name}: to build, because of {line}")
        image = self.build(planned)
        examined = self.examine(planned, image)
        report = examined.report(planned)
        self._show(report)
        if report.failed:
            evidence.block(self.registry, report, planned.key_tag)
            self.progress.note(f"{planned.name}: blocked, nothing is published: {len(report.failed)} checks failed")
            return Released(planned, "blocked", None, report)
        if examined.quiet and (same := self.registry.manifest(planned.asset.name, tags.newest(planned.variant))):
            self.progress.note(f"{planned.name}: nothing that anybody could tell is new, so nothing is published")
            self.registry.tag(planned.asset.name, planned.key_tag, same)
            return Released(planned, "quiet", same.digest, report)
        return self._publish(planned, image, examined)

    def _publish(self, planned: Planned, image: str, examined: Examined) -> Released:
        """Pushes an image that passed, with all that is known of it; tags last."""
        manifest = publish.push(self.client, self.registry, planned, image, self.progress)
        report = self._attach(planned, examined, manifest)
        self._point(planned, manifest)
        publish.push_base(self.client, self.registry, self._base(planned), self.progress)
        return Released(planned, "published", manifest.digest, report)

    def _finish(self, planned: Planned, manifest: Manifest, *, even_held: bool) -> Released:
        """Gives a published image what an interrupted release left out."""
        if planned.state == "published" or (planned.state == "held" and not even_held):
            for line in planned.held:
                self.progress.note(f"{planned.name}: {line}")
            return Released(planned, "unchanged", manifest.digest)
        if planned.unfinished:
            self.progress.note(f"{planned.name}: to finish: {', '.join(planned.unfinished)}")
        report = None
        if evidence.KINDS.keys() & set(planned.unfinished):
            image = publish.pull(self.client, self.registry, planned, manifest, self.progress)
            examined = self.examine(planned, image)
            report = examined.report(planned, manifest.digest)
            self._show(report)
            if report.failed:
                return Released(planned, "blocked", None, report)
            self._attach(planned, examined, manifest)
        self._point(planned, manifest, even_held=even_held)
        return Released(planned, "finished", manifest.digest, report)

    def _attach(self, planned: Planned, examined: Examined, manifest: Manifest) -> Report:
        report = examined.report(planned, manifest.digest)
        assert examined.inventory is not None  # it became ready, or it would have failed
        evidence.attach(self.registry, planned.asset, report, examined.inventory, self.workspace.commit)
        return report

    def _point(self, planned: Planned, manifest: Manifest, *, even_held: bool = False) -> None:
        before = pointing.point(self.workspace, self.registry, planned, manifest, even_held=even_held)
        for line in () if even_held else before.reasons:
            self.progress.note(f"{planned.name}: {line}")
        fixed = tags.of_version(planned.asset, planned.variant)
        if planned.cause and before.before is not None and fixed not in before.lacking:
            self.progress.note(
                f"{planned.name}: {fixed} stays at the first image of {planned.asset.version}; "
                "raise `version` in asset.yaml to give this one a tag that never moves"
            )

    def _show(self, report: Report) -> None:
        self.progress.note(report.to_text())

    def weights(self, planned: Planned, runtime: str) -> Mapping[str, Path]:
        """An asset's weights in the form that a runtime loads."""
        fetched = fetch_all(self.workspace, self.cache, planned.asset, self.progress)

        def convert_in_container(source: Path, output: Path, target: str) -> None:
            image = build.base(self.workspace, self.client, self.registry, convert.LOCK, self.progress)
            convert.in_container(self.client, image, self.progress)(source, output, target)

        return convert.for_runtime(self.workspace, self.cache, planned.asset, fetched, runtime, convert_in_container)

    def build(self, planned: Planned) -> str:
        """Builds an image, its base first; gives its tag on this machine."""
        base = self._base(planned)
        weights = self.weights(planned, planned.runtime)
        return build.image(self.workspace, self.client, planned, base, weights, self.progress)

    def _base(self, planned: Planned) -> str:
        lock = ingredients.lock_name(planned.runtime, planned.variant)
        return build.base(self.workspace, self.client, self.registry, lock, self.progress, planned.refreshed)

    def check(self, planned: Planned, image: str) -> list[Checked]:
        """Holds an image to everything that a published one must hold to."""
        return list(self.examine(planned, image).checks)

    def examine(self, planned: Planned, image: str) -> Examined:
        """Holds an image to everything, and compares it with the published one of its line."""
        with self.progress.step(f"check {planned.name}"), beside.candidate(self, planned, image) as candidate:
            return examine(candidate)
