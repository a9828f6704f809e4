"""An engine for tests of what is asked of one, and a command in a real one's container."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import docker
import docker.errors

from modelyard.catalog.containers.python_image import PythonImage

REFERENCE = "python:3.13-slim-trixie"
STAND_IN = "modelyard-python:3.13-slim-trixie"


class Engine:
    """An engine that holds the images it is given, and pulls what the test lets it pull."""

    def __init__(self, *local: str, pull: Any = ()) -> None:
        self.held: dict[str, dict[str, str]] = {name: {} for name in local}
        self.pulls: list[str] = []
        self.outcome = pull
        self.images = self
        self.api = SimpleNamespace(pull=self.pull)

    def get(self, name: str) -> SimpleNamespace:
        if name not in self.held:
            raise docker.errors.ImageNotFound("no such image")
        return SimpleNamespace(id=f"sha256:{name}", labels=self.held[name], attrs={"RepoDigests": []})

    def hold(self, name: str, **labels: str) -> None:
        self.held[name] = {key.replace("_", "."): value for key, value in labels.items()}

    def pull(self, name: str, *, stream: bool, decode: bool) -> Iterator[dict[str, Any]]:
        assert stream
        assert decode
        self.pulls.append(name)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        for event in self.outcome:
            if isinstance(event, float):
                time.sleep(event)
                continue
            yield event
            if "error" in event:
                return
        self.hold(name)

    @property
    def client(self) -> docker.DockerClient:
        return cast(docker.DockerClient, self)


def run(client: docker.DockerClient, image: PythonImage, command: str) -> str:
    words = ["sh", "-ec", command]
    return str(client.containers.run(image.id, words, network_mode="none", remove=True).decode())


def silent(_: str) -> None:
    """Hears what takes time, and says nothing."""
