"""What builds images and looks at them, several at a time: the engine, the cache and the registry together."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import docker

from modelyard.catalog import ingredients
from modelyard.catalog.building import build, convert, graph, space
from modelyard.catalog.building.fetching import fetch_all
from modelyard.catalog.checking import beside
from modelyard.catalog.containers import sandbox
from modelyard.catalog.containers.engine import NoEngine, connect
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.planning.refresh import Refreshing
from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.examined import Examined, examine
from modelyard.catalog.records.envelope import Signer
from modelyard.catalog.registry import Registry, RegistryDown
from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError

R = TypeVar("R")


class _Base(NamedTuple):
    """A base container: the lock of its packages, and the day of its refresh."""

    lock: str
    refreshed: str | None

    def __str__(self) -> str:
        return f"base {self.lock}" + (f" of {self.refreshed}" if self.refreshed else "")


@dataclass
class Builder:
    """What the steps of a release share."""

    workspace: Workspace
    registry: Registry
    cache: Cache
    progress: Progress
    signer: Signer | None = None
    """Who signs the verdicts, where anybody does."""
    _client: docker.DockerClient | None = None
    _connecting: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def client(self) -> docker.DockerClient:
        """The engine; looked for when it is first needed, so that a release of nothing needs none."""
        with self._connecting:
            if self._client is None:
                self._client = connect()
                sandbox.sweep(self._client)
            return self._client

    def refreshing(self) -> Refreshing:
        """What says which images are too old."""
        return Refreshing(self.workspace.catalog.refresh, self.workspace.catalog.python, self.progress.note)

    def weights(self, planned: Planned, runtime: str) -> Mapping[str, Path]:
        """An asset's weights in the form that a runtime loads."""
        fetched = fetch_all(self.workspace, self.cache, planned.asset, self.progress)

        def convert_in_container(source: Path, output: Path, target: str) -> None:
            image = self._build_base(_Base(convert.LOCK, None))
            convert.in_container(self.client, image, self.progress)(source, output, target)

        return convert.for_runtime(self.workspace, self.cache, planned.asset, fetched, runtime, convert_in_container)

    def build(self, planned: Planned) -> str:
        """Builds an image, its base first; gives its tag on this machine."""
        base = self.base(planned)
        weights = self.weights(planned, planned.runtime)
        return build.image(self.workspace, self.client, planned, base, weights, self.progress)

    def base(self, planned: Planned) -> str:
        """The base container that an image stands upon, built unless it is there; gives its tag on this machine."""
        return self._build_base(self._bases(planned)[0])

    def examine(self, planned: Planned, image: str) -> Examined:
        """Holds an image to everything, and compares it with the published one of its line.

        Raises:
            ModelyardError: The builder is being stopped, and its containers with it, or the engine, the registry or a
                download failed: that says nothing about the image.
        """
        with self.progress.step(f"check {planned.name}"), beside.candidate(self, planned, image) as candidate:
            found = examine(candidate)
        if self._stopping.is_set():
            raise ModelyardError("stopped while it was looked at")
        return found

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

        Raises:
            NoEngine: The engine went away.
            RegistryDown: The registry did.
        """
        todo = [one for one in images if one.state == "to build" or (retry and one.state == "quarantined")]
        bases = list(dict.fromkeys(base for one in todo for base in self._bases(one)))
        at_once = self._jobs(todo, bases, jobs or os.cpu_count() or 1) if todo else 1
        steps: list[graph.Step[Any]] = [graph.Step(str(base), partial(self._build_base, base)) for base in bases]
        for one in images:
            after = tuple(map(str, self._bases(one))) if one in todo else ()
            steps.append(graph.Step(one.name, partial(work, one), after))
        try:
            outcomes = graph.run(steps, at_once=at_once, fatal=(NoEngine, RegistryDown), stopping=self._stop)
        except (KeyboardInterrupt, SystemExit):
            self._stop()  # one may have been on its way when the others were ended
            self.progress.note("stopped: nothing is half published, and the next release goes on from here")
            raise
        for base in bases:
            self._said_of(str(base), outcomes[str(base)])
        found = []
        for one in images:
            outcome = outcomes[one.name]
            said = self._said_of(one.name, outcome)
            found.append(outcome.result if isinstance(outcome, graph.Done) else failed(one, said))
        return found

    def _said_of(self, name: str, outcome: graph.Outcome[Any]) -> str:
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

    def _stop(self) -> None:
        """Ends what runs; what is found out from now on is about containers that we ended."""
        self._stopping.set()
        if self._client is not None:
            sandbox.end_mine(self._client)

    def _bases(self, planned: Planned) -> list[_Base]:
        """The base containers that an image needs: its own, and TensorFlow's where weights are converted."""
        own = _Base(ingredients.lock_name(planned.runtime, planned.variant), planned.refreshed)
        converting = _Base(convert.LOCK, None)
        return [own, converting] if convert.is_converted(planned.asset) and own != converting else [own]

    def _build_base(self, base: _Base) -> str:
        return build.base(self.workspace, self.client, self.registry, base.lock, self.progress, base.refreshed)

    def _jobs(self, todo: Sequence[Planned], bases: Iterable[_Base], wanted: int) -> int:
        missing = [
            base.lock
            for base in bases
            if base.refreshed or not build.has_base(self.workspace, self.client, self.registry, base.lock)
        ]
        free, where = space.free(self.client, self.cache)
        return space.jobs(wanted, missing, [space.of_image(one, self.cache) for one in todo], free, where)
