"""An image that is to be published, as the checks see it: running, shut in, beside the one that is published now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import docker
from docker.models.containers import Container

from modelyard import tasks
from modelyard.catalog.checking.running import Running, start
from modelyard.catalog.containers import sandbox
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.drift.recording import Recording
from modelyard.catalog.evaluation import changes
from modelyard.catalog.evaluation.baseline import Baseline
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.records.evaluated import Evaluated
from modelyard.catalog.records.quality import Changed
from modelyard.catalog.registry import RegistryDown
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Limits, Sample
from modelyard.serving.served import read_labels
from modelyard.tasks.task import Task


class Elsewhere(ModelyardError):
    """Something else than the image failed, so that nothing was found out about it."""


@dataclass(frozen=True)
class Original:
    """What a converted network is compared with: the same asset upon TensorFlow, its weights as they came."""

    image: str
    files: Mapping[str, Path | bytes]


@dataclass(frozen=True)
class Candidate:
    """An image that is to be published.

    Attributes:
        workspace: The catalog.
        client: The engine.
        planned: Which image, its key and why it was built.
        image: Its name on this machine.
        find_published: Brings the image that is published now to this machine, and gives its name; None where
            there is none.
        find_original: The same asset before its weights were converted; None where they weren't.
        evaluate: Holds a container to the asset's labelled data; if told so, only as far as it may still pass.
        find_evaluated: What is kept of how the published image answered labelled data of a hash; None where nothing is.
        answers: The body of its answer to each good sample, by the sample's name, once it was asked.
        recordings: What was noted for the profile while an image was held to labelled data, by the image's name.
    """

    workspace: Workspace
    client: docker.DockerClient
    planned: Planned
    image: str
    find_published: Callable[[], str | None] = lambda: None
    find_original: Callable[[], Original | None] = lambda: None
    evaluate: Callable[[Running, bool], Evaluated] | None = None
    find_evaluated: Callable[[str], Evaluated | None] = lambda _: None
    answers: dict[str, bytes] = field(default_factory=dict)
    recordings: Mapping[str, Recording] = field(default_factory=dict)
    _started: ExitStack = field(default_factory=ExitStack)
    _log: list[str] = field(default_factory=list)

    def __enter__(self) -> Candidate:
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    @property
    def asset(self) -> Asset:
        """What it must hold to."""
        return self.planned.asset

    @property
    def budgets(self) -> Limits:
        """What it may cost."""
        return self.asset.budgets.of(self.planned.variant)

    @property
    def folder(self) -> Path:
        """The asset's folder."""
        return self.workspace.folder(self.asset.name)

    @property
    def good_samples(self) -> Sequence[Sample]:
        """The samples that have an answer."""
        return [sample for sample in self.asset.samples if sample.error is None]

    @cached_property
    def task(self) -> Task[Any, Any]:
        """The asset's task."""
        return tasks.load(self.asset.task)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The names of the asset's classes, from its own file."""
        return read_labels(self.folder, self.asset)

    @cached_property
    def inspected(self) -> Mapping[str, Any]:
        """What the engine says of the image: `Size`, `Config`, …"""
        return cast(Mapping[str, Any], self.client.images.get(self.image).attrs)

    @cached_property
    def running(self) -> Running:
        """The image's container, started when it is first asked for.

        Raises:
            ModelyardError: It doesn't become ready.
        """
        try:
            return self._started.enter_context(start(self.client, self.image, gpus=self._gpus))
        except sandbox.NotReady as error:
            self._log[:] = error.log
            raise

    @property
    def _gpus(self) -> bool:
        return self.planned.variant == "gpu" and sandbox.has_gpus(self.client)

    @property
    def is_running(self) -> bool:
        """Whether its container became ready."""
        return "running" in self.__dict__

    @property
    def log(self) -> list[str]:
        """The end of what its container logged, also where that never became ready."""
        return sandbox.kept_log(self.running.container) if self.is_running else list(self._log)

    @property
    def published(self) -> Running | None:
        """The container of the image that is published now, started when it is first asked for; None without one."""
        return self._published[0]

    @property
    def why_alone(self) -> str:
        """Why there is no published image to compare with."""
        return self._published[1]

    @cached_property
    def _published(self) -> tuple[Running | None, str]:
        with not_the_image():
            image = self.find_published()
        if image is None:
            return None, alone(self.planned)
        try:
            return self._started.enter_context(start(self.client, image, gpus=self._gpus)), ""
        except (NoEngine, RegistryDown):
            raise
        except ModelyardError as error:
            # It may be what this very candidate mends.
            return None, f"nothing to compare with: the published image can't be run: {error}"

    @cached_property
    def evaluated(self) -> Evaluated | None:
        """How it answers labelled data; None where the asset has none.

        Raises:
            ModelyardError: The asset's own code gives no items, or the image answers none of them.
        """
        if self.evaluate is None or self.asset.evaluation is None:
            return None
        return self.evaluate(self.running, True)

    @property
    def was_evaluated(self) -> Evaluated | None:
        """How it answers labelled data, where it was asked already."""
        return self.__dict__.get("evaluated")

    @cached_property
    def baseline(self) -> Baseline:
        """How the published image answers the same labelled data: as it is kept, or asked now."""
        assert self.evaluate is not None
        assert self.evaluated is not None
        if self.evaluated.stopped:
            return Baseline(None, "not compared: it misses what it must reach by itself")
        with not_the_image():
            kept = self.find_evaluated(self.evaluated.data)
        if kept is not None:
            return Baseline(kept)
        if self.published is None:
            return Baseline(None, self.why_alone)
        try:
            return Baseline(self.evaluate(self.published, False))
        except (NoEngine, RegistryDown, Elsewhere):
            raise
        except ModelyardError as error:
            return Baseline(None, f"nothing to compare with: the published image gives no figures: {error}")

    @property
    def changes(self) -> Mapping[str, Changed]:
        """How far each metric moved against the published image's; empty where they were not both asked the same."""
        if self.was_evaluated is None or self.baseline.evaluated is None:
            return {}
        return changes.whole(self.baseline.evaluated, self.was_evaluated)

    @cached_property
    def original(self) -> Running | None:
        """The container of the asset before its weights were converted; None where they weren't.

        Raises:
            ModelyardError: It doesn't become ready.
        """
        if self.begun is None:
            return None
        image, container = self.begun
        running = Running(image, container, sandbox.wait_ready(container))
        self._started.callback(running.tunnel.close)
        return running

    @cached_property
    def begun(self) -> tuple[str, Container] | None:
        """The original's image and container, begun when first asked for; it is seconds until TensorFlow is ready."""
        with not_the_image():
            original = self.find_original()
            if original is None:
                return None
            running = sandbox.run(self.client, original.image, files=original.files)
            return original.image, self._started.enter_context(running)


def alone(planned: Planned) -> str:
    """Why there is no other image to compare with."""
    if planned.state == "published":
        return "it is the published image itself"
    return "first of its line: nothing to compare with"


@contextmanager
def not_the_image() -> Iterator[None]:
    """What fails here is the registry, a download or a build: no image is in quarantine for that."""
    try:
        yield
    except (NoEngine, RegistryDown):
        raise
    except ModelyardError as error:
        raise Elsewhere(str(error)) from None
