"""An image that is to be published, as the checks see it: running, shut in, beside the one that is published now."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import docker
from docker.errors import APIError, ImageNotFound
from docker.models.containers import Container

from modelyard import tasks
from modelyard.catalog.checking.survey import Survey, survey
from modelyard.catalog.containers import inside, sandbox
from modelyard.catalog.containers.context import Entry
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.containers.inventory import Inventory, read
from modelyard.catalog.containers.tunnel import Tunnel
from modelyard.catalog.planning.plan import Planned
from modelyard.catalog.registry import RegistryDown
from modelyard.catalog.workspace import Workspace
from modelyard.errors import ModelyardError
from modelyard.manifest.asset import Asset, Limits, Sample
from modelyard.serving.samples import Send
from modelyard.serving.served import read_labels
from modelyard.tasks.task import Task

_SEES_A_GPU = "import glob\nprint('true' if glob.glob('/dev/nvidia[0-9]*') else 'false')"


class Elsewhere(ModelyardError):
    """Something else than the image failed, so that nothing was found out about it."""


@dataclass(frozen=True)
class Running:
    """A container that is ready to answer.

    Attributes:
        image: What it runs.
        container: The container; it has no network.
        ready: Seconds from the start of the server's process to readiness, as the server itself took them.
    """

    image: str
    container: Container
    ready: float

    @cached_property
    def tunnel(self) -> Tunnel:
        """The way to its server."""
        return Tunnel(self.container)

    @cached_property
    def inventory(self) -> Inventory:
        """What it has installed."""
        return read(self.container)

    @property
    def version(self) -> str:
        """The version that it says it is."""
        return str(self.json("/model/metadata").get("version"))

    @cached_property
    def sees_gpu(self) -> bool:
        """Whether it was given a GPU."""
        return inside.ask(self.container, _SEES_A_GPU) is True

    @cached_property
    def survey(self) -> Survey:
        """What lies in its files that should not."""
        return survey(self.container)

    def json(self, path: str) -> dict[str, Any]:
        """What a route answers.

        Raises:
            ModelyardError: It doesn't answer with 200 and a JSON object.
        """
        code, body = self.tunnel.ask("GET", path)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            raise ModelyardError(f"{path} answers {code} with no JSON") from None
        if code != 200 or not isinstance(answer, dict):
            raise ModelyardError(f"{path} answers {code}, or no JSON object")
        return answer

    def send(self, field_name: str) -> Send:
        """Sends inputs as clients do: multipart, in the documented field."""

        def send(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
            boundary = uuid.uuid4().hex
            body = (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"; filename="sample"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            body += data + f"\r\n--{boundary}--\r\n".encode()
            headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
            query = f"?{urlencode(parameters)}" if parameters else ""
            return self.tunnel.ask("POST", f"/model/predict{query}", body, headers)

        return send


@contextmanager
def start(
    client: docker.DockerClient, image: str, files: Mapping[str, Entry] | None = None, *, gpus: bool = False
) -> Iterator[Running]:
    """Runs an image and waits until it is ready; in the end it is gone.

    Args:
        client: The engine.
        image: What to run.
        files: Files and folders to put into it first.
        gpus: Whether it may use the machine's GPUs.
    """
    with sandbox.run(client, image, files=files, gpus=gpus) as container:
        running = Running(image, container, sandbox.wait_ready(container))
        try:
            yield running
        finally:
            running.tunnel.close()


def bring(client: docker.DockerClient, image: str) -> str:
    """Makes sure that an image is on this machine, and gives its name.

    Raises:
        ModelyardError: It is neither here nor can it be pulled.
    """
    try:
        client.images.get(image)
    except ImageNotFound:
        try:
            client.images.pull(image)
        except APIError as error:
            raise ModelyardError(f"{image} is not here and can't be pulled: {error.explanation or error}") from None
    except APIError as error:
        raise ModelyardError(f"{image}: the engine can't look for it: {error.explanation or error}") from None
    return image


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
    """

    workspace: Workspace
    client: docker.DockerClient
    planned: Planned
    image: str
    find_published: Callable[[], str | None] = lambda: None
    find_original: Callable[[], Original | None] = lambda: None
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
        with _not_the_image():
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
        with _not_the_image():
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
def _not_the_image() -> Iterator[None]:
    """What fails here is the registry, a download or a build: no image is in quarantine for that."""
    try:
        yield
    except (NoEngine, RegistryDown):
        raise
    except ModelyardError as error:
        raise Elsewhere(str(error)) from None
