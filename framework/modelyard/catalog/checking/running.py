"""An image that runs, shut in, and the roads to it."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

import docker
from docker.errors import APIError, ImageNotFound
from docker.models.containers import Container

from modelyard.catalog.checking.survey import Survey, survey
from modelyard.catalog.containers import inside, sandbox
from modelyard.catalog.containers.context import Entry
from modelyard.catalog.containers.inventory import Inventory, read
from modelyard.catalog.containers.tunnel import Tunnel
from modelyard.errors import ModelyardError
from modelyard.serving.samples import PREDICT, SendMany

_SEES_A_GPU = "import glob\nprint('true' if glob.glob('/dev/nvidia[0-9]*') else 'false')"


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
    def swagger(self) -> dict[str, Any]:
        """What it says of its own API.

        Raises:
            ModelyardError: It doesn't answer with a JSON object.
        """
        return self.json("/swagger.json")

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

    def send(self, field_name: str, path: str = PREDICT) -> SendMany:
        """Sends inputs as clients do: multipart, in the documented field."""
        return _send(lambda: self.tunnel, field_name, path)

    @contextmanager
    def crowd(self, field_name: str) -> Iterator[SendMany]:
        """Sends inputs as `send` does, for several threads: each of them has a connection of its own."""
        mine = threading.local()
        with ExitStack() as opened:

            def tunnel() -> Tunnel:
                if not hasattr(mine, "tunnel"):
                    mine.tunnel = Tunnel(self.container)
                    opened.callback(mine.tunnel.close)
                return cast(Tunnel, mine.tunnel)

            yield _send(tunnel, field_name)


def _send(tunnel: Callable[[], Tunnel], field_name: str, path: str = PREDICT) -> SendMany:
    def send(data: bytes, parameters: Mapping[str, str], /, *more: bytes) -> tuple[int, bytes]:
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name}"; filename="sample"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        body = b"".join(head + one + b"\r\n" for one in (data, *more)) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        query = f"?{urlencode(parameters)}" if parameters else ""
        return tunnel().ask("POST", f"{path}{query}", body, headers)

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
