"""A container of an image, shut in: no network, nothing to write to, no rights; gone when it is done."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import docker
import requests
from docker.errors import APIError, NotFound
from docker.models.containers import Container
from docker.types import DeviceRequest, Mount

from modelyard.catalog import labels
from modelyard.catalog.containers.context import Entry, pack
from modelyard.catalog.containers.engine import NoEngine
from modelyard.catalog.containers.tunnel import Tunnel
from modelyard.errors import ModelyardError

_LOG_LINES = 8
_KEPT_LINES = 200
_KEPT_CHARACTERS = 60_000
_READY_SECONDS = 300.0
_LOOK_EVERY = 0.2
_FORGOTTEN_SECONDS = 3 * 3_600
_USER = 10_001
"""Whom the base container runs as."""
_LABEL = labels.PREFIX + "sandbox"
_MINE = uuid.uuid4().hex
"""What the containers of this process are told from others' by."""


class NotReady(ModelyardError):
    """A container doesn't serve.

    Attributes:
        log: The end of what it logged.
    """

    def __init__(self, said: str, container: Container) -> None:
        super().__init__(f"{said}: {log_tail(container)}")
        self.log = kept_log(container)


@contextmanager
def run(
    client: docker.DockerClient,
    image: str,
    command: list[str] | None = None,
    *,
    files: Mapping[str, Entry] | None = None,
    writable: bool = False,
    volume: str | None = None,
    environment: Mapping[str, str] | None = None,
    entrypoint: list[str] | None = None,
    gpus: bool = False,
) -> Iterator[Container]:
    """Starts a container and removes it in the end, whatever happens.

    Args:
        client: The engine.
        image: What to run.
        command: Instead of the image's own.
        files: Files and folders to put into it first, by their names below `/`.
        writable: Whether it may write to its own file system.
        volume: A folder that the names of `files` are below instead, on a volume that goes with the container: its
            user may write there, and nowhere else.
        environment: Environment variables.
        entrypoint: Instead of the image's own.
        gpus: Whether it may use the machine's GPUs; see `has_gpus`.
    """
    options: dict[str, Any] = {"entrypoint": entrypoint} if entrypoint else {}
    if volume:
        options["mounts"] = [Mount(volume, None, type="volume")]
    if gpus:
        options["device_requests"] = [DeviceRequest(count=-1, capabilities=[["gpu"]])]
    try:
        container = client.containers.create(
            image,
            command,
            name=f"modelyard-{uuid.uuid4().hex[:12]}",
            network_mode="none",
            read_only=not (writable or (files and not volume)),
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            environment=dict(environment or {}),
            labels={_LABEL: _MINE},
            **options,
        )
    except APIError as error:
        raise ModelyardError(f"{image}: the engine can't start it: {error.explanation or error}") from None
    try:
        if files:
            with pack(files, owner=_USER if volume else 0) as archive:
                container.put_archive(volume or "/", archive)
        container.start()
        yield container
    except NotFound:
        # That is nothing that an image could do, so it says nothing about it.
        raise NoEngine(f"{image}: somebody removed its container while it was looked at: run it again") from None
    except APIError as error:
        raise ModelyardError(f"{image}: the engine failed: {error.explanation or error}") from None
    except requests.RequestException as error:
        raise NoEngine(f"{image}: the engine stopped answering ({type(error).__name__}): run it again") from None
    finally:
        # Where the engine is gone, the next run sweeps the container away.
        with suppress(NotFound, requests.RequestException):
            container.remove(force=True, v=True)


def has_gpus(client: docker.DockerClient) -> bool:
    """Whether the engine can give a container GPUs, which it can where NVIDIA's container toolkit is set up."""
    return "nvidia" in (client.info().get("Runtimes") or {})


def sweep(client: docker.DockerClient) -> None:
    """Removes the containers that killed builders left behind."""
    oldest = time.time() - _FORGOTTEN_SECONDS
    for container in client.api.containers(all=True, filters={"label": _LABEL}):
        if container["Created"] < oldest:
            with suppress(NotFound, APIError):
                client.api.remove_container(container["Id"], force=True, v=True)


def end_mine(client: docker.DockerClient) -> None:
    """Removes the containers of this process, so that whoever waits for them goes on."""
    for container in client.api.containers(all=True, filters={"label": f"{_LABEL}={_MINE}"}):
        with suppress(NotFound, APIError):
            client.api.remove_container(container["Id"], force=True, v=True)


def wait_ready(container: Container) -> float:
    """Waits until the server in the container is ready.

    Returns:
        Seconds from the start of the server's process to readiness, as the server itself took them.

    Raises:
        NotReady: It ended, or isn't ready in two minutes; the last lines of its log say why.
    """
    began = time.monotonic()
    while time.monotonic() - began < _READY_SECONDS:
        container.reload()
        if container.status != "running":
            raise NotReady("the container ended instead of serving", container)
        seconds = _ready_after(container)
        if seconds is not None:
            return seconds
        time.sleep(_LOOK_EVERY)
    raise NotReady(f"the container is not ready after {_READY_SECONDS:g} s", container)


def log_tail(container: Container) -> str:
    """The last lines of a container's log, in one line."""
    text = container.logs(tail=_LOG_LINES).decode("utf-8", "replace")
    return " | ".join(line.strip() for line in text.splitlines() if line.strip()) or "it logged nothing"


def kept_log(container: Container) -> list[str]:
    """The last lines of a container's log, as many as are worth keeping.

    Raises:
        NoEngine: The engine doesn't give them.
    """
    try:
        text = container.logs(tail=_KEPT_LINES).decode("utf-8", "replace")
    except (APIError, requests.RequestException) as error:
        raise NoEngine(f"the engine doesn't give a container's log ({type(error).__name__}): run it again") from None
    return text[-_KEPT_CHARACTERS:].splitlines()


def _ready_after(container: Container) -> float | None:
    tunnel = Tunnel(container)
    try:
        code, body = tunnel.ask("GET", "/health/ready")
        return float(json.loads(body)["ready_after_seconds"]) if code == 200 else None
    except (ModelyardError, APIError):
        return None
    finally:
        tunnel.close()
