"""The whole road: plan → fetch → build → check → publish, for what the plan says and nothing else."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import docker

from modelyard.catalog import (
    beside,
    build,
    convert,
    evidence,
    graph,
    ingredients,
    pointing,
    publish,
    sandbox,
    space,
    tags,
)
from modelyard.catalog.engine import NoEngine, connect
from modelyard.catalog.examined import Examined, examine
from modelyard.catalog.fetching import fetch_all
from modelyard.catalog.plan import Planned, plan
from modelyard.catalog.progress import Progress
from modelyard.catalog.registry import Manifest, Registry, RegistryDown
from modelyard.catalog.report import Checked, Report
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Variant

R = TypeVar("R")

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


def _blocked(planned: Planned, said: str) -> Released:
    return Released(planned, "blocked", None, said=said)


@dataclass
class Builder:
    """What the steps of a release share."""

    workspace: Workspace
    registry: Registry
    cache: Cache
    progress: Progress
    _client: docker.DockerClient | None = None
    _connecting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def client(self) -> docker.DockerClient:
        """The engine; looked for when it is first needed, so that a release of nothing needs none."""
        with self._connecting:
            if self._client is None:
                self._client = connect()
                sandbox.sweep(self._client)
            return self._client

    def release(
        self, names: Iterable[str], variants: Sequence[Variant] = (), *, retry: bool = False, jobs: int | None = None
    ) -> list[Released]:
        """Publishes what changed and passes; what fails is left out, and the others go on.

        Args:
            names: The assets; all of them if none is named.
            variants: The variants; those of catalog.yaml if none is named.
            retry: Build what is in quarantine again, and move tags that a rollback holds elsewhere.
            jobs: Images that are worked on at a time; as many as there are cores if left out.
        """
        images = plan(self.workspace, self.registry, names, variants)
        return self.each(images, lambda one: self.release_one(one, retry=retry), _blocked, retry=retry, jobs=jobs)

    def each(
        self,
        images: Sequence[Planned],
        work: Callable[[Planned], R],
        failed: Callable[[Planned, str], R],
        *,
        retry: bool = False,
        jobs: int | None = None,
    ) -> list[R]:
        """Does the same for several images, each once the base containers that it needs are there.

        Args:
            images: From the plan.
            work: What to do for one.
            failed: What to return for one that failed, or whose base did; told why.
            retry: Whether what is in quarantine is worked on, too.
            jobs: How many at a time; as many as there are cores if left out.

        Returns:
            What came of each, in their order.
        """
        todo = [one for one in images if one.state == "to build" or (retry and one.state == "quarantined")]
        locks = {lock: None for one in todo for lock in self._locks(one)}
        at_once = self._jobs(todo, locks, jobs or os.cpu_count() or 1) if todo else 1
        steps: list[graph.Step[Any]] = [graph.Step(f"base {lock}", partial(self._build_base, lock)) for lock in locks]
        for one in images:
            after = tuple(f"base {lock}" for lock in self._locks(one)) if one in todo else ()
            steps.append(graph.Step(one.name, partial(work, one), after))
        fatal = (NoEngine, RegistryDown)
        try:
            outcomes = graph.run(steps, at_once=at_once, fatal=fatal, stopping=self._end_containers)
        except (KeyboardInterrupt, SystemExit):
            self._end_containers()  # one may have been on its way when the others were ended
            self.progress.note("stopped: nothing is half published, and the next release goes on from here")
            raise
        for lock in locks:
            self._of(f"base {lock}", outcomes[f"base {lock}"])
        found = []
        for one in images:
            outcome = outcomes[one.name]
            said = self._of(one.name, outcome)
            found.append(outcome.result if isinstance(outcome, graph.Done) else failed(one, said))
        return found

    def _of(self, name: str, outcome: graph.Outcome[Any]) -> str:
        """Why a step gave no result; a defect is raised."""
        if isinstance(outcome, graph.Done):
            return ""
        if isinstance(outcome, graph.Skipped):
            said = f"skipped, because {outcome.because} failed"
        elif isinstance(outcome.error, ModelyardError):
            said = str(outcome.error)
        else:
            raise outcome.error
        self.progress.note(f"{name}: blocked: {said}")
        return said

    def _end_containers(self) -> None:
        if self._client is not None:
            sandbox.end_mine(self._client)

    def _locks(self, planned: Planned) -> tuple[str, ...]:
        """The base containers that an image needs: its own, and TensorFlow's where weights are converted."""
        own = ingredients.lock_name(planned.runtime, planned.variant)
        needs = {own: None, **({convert.LOCK: None} if convert.is_converted(planned.asset) else {})}
        return tuple(needs)

    def _build_base(self, lock: str) -> str:
        return build.base(self.workspace, self.client, self.registry, lock, self.progress)

    def _jobs(self, todo: Sequence[Planned], locks: Iterable[str], wanted: int) -> int:
        bases = [lock for lock in locks if not build.has_base(self.workspace, self.client, self.registry, lock)]
        free, where = space.free(self.client, self.cache)
        return space.jobs(wanted, bases, [space.of_image(one, self.cache) for one in todo], free, where)

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
            evidence.block(self.registry, report)
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
        return self._build_base(lock)

    def check(self, planned: Planned, image: str) -> list[Checked]:
        """Holds an image to everything that a published one must hold to."""
        return list(self.examine(planned, image).checks)

    def examine(self, planned: Planned, image: str) -> Examined:
        """Holds an image to everything, and compares it with the published one of its line."""
        with self.progress.step(f"check {planned.name}"), beside.candidate(self, planned, image) as candidate:
            return examine(candidate)
