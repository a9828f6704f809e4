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
from docker.types import DeviceRequest

from modelyard.catalog import labels
from modelyard.catalog.context import Entry, pack
from modelyard.catalog.engine import NoEngine
from modelyard.catalog.tunnel import Tunnel
from modelyard.errors import ModelyardError

_LOG_LINES = 8
_READY_SECONDS = 120.0
_LOOK_EVERY = 0.2
_FORGOTTEN_SECONDS = 3 * 3_600
_LABEL = labels.PREFIX + "sandbox"


@contextmanager
def run(
    client: docker.DockerClient,
    image: str,
    command: list[str] | None = None,
    *,
    files: Mapping[str, Entry] | None = None,
    writable: bool = False,
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
        environment: Environment variables.
        entrypoint: Instead of the image's own.
        gpus: Whether it may use the machine's GPUs; see `has_gpus`.
    """
    options: dict[str, Any] = {"entrypoint": entrypoint} if entrypoint else {}
    if gpus:
        options["device_requests"] = [DeviceRequest(count=-1, capabilities=[["gpu"]])]
    try:
        container = client.containers.create(
            image,
            command,
            name=f"modelyard-{uuid.uuid4().hex[:12]}",
            network_mode="none",
            read_only=not (writable or files),
            cap_drop=["ALL"],
            security_opt=["no-new-privileges"],
            environment=dict(environment or {}),
            labels={_LABEL: "true"},
            **options,
        )
    except APIError as error:
        raise ModelyardError(f"{image}: the engine can't start it: {error.explanation or error}") from None
    try:
        if files:
            with pack(files) as archive:
                container.put_archive("/", archive)
        container.start()
        yield container
    except APIError as error:
        raise ModelyardError(f"{image}: the engine failed: {error.explanation or error}") from None
    except requests.RequestException as error:
        raise NoEngine(f"{image}: the engine stopped answering ({type(error).__name__}): run it again") from None
    finally:
        # Where the engine is gone, the next run sweeps the container away.
        with suppress(NotFound, requests.RequestException):
            container.remove(force=True)


def has_gpus(client: docker.DockerClient) -> bool:
    """Whether the engine can give a container GPUs, which it can where NVIDIA's container toolkit is set up."""
    return "nvidia" in (client.info().get("Runtimes") or {})


def sweep(client: docker.DockerClient) -> None:
    """Removes the containers that killed builders left behind."""
    oldest = time.time() - _FORGOTTEN_SECONDS
    for container in client.api.containers(all=True, filters={"label": _LABEL}):
        if container["Created"] < oldest:
            with suppress(NotFound, APIError):
                client.api.remove_container(container["Id"], force=True)


def wait_ready(container: Container) -> float:
    """Waits until the server in the container is ready.

    Returns:
        Seconds from the start of the server's process to readiness, as the server itself took them.

    Raises:
        ModelyardError: It ended, or isn't ready in two minutes; the last lines of its log say why.
    """
    began = time.monotonic()
    while time.monotonic() - began < _READY_SECONDS:
        container.reload()
        if container.status != "running":
            raise ModelyardError(f"the container ended instead of serving: {log_tail(container)}")
        seconds = _ready_after(container)
        if seconds is not None:
            return seconds
        time.sleep(_LOOK_EVERY)
    raise ModelyardError(f"the container is not ready after {_READY_SECONDS:g} s: {log_tail(container)}")


def log_tail(container: Container) -> str:
    """The last lines of a container's log, in one line."""
    text = container.logs(tail=_LOG_LINES).decode("utf-8", "replace")
    return " | ".join(line.strip() for line in text.splitlines() if line.strip()) or "it logged nothing"


def _ready_after(container: Container) -> float | None:
    tunnel = Tunnel(container)
    try:
        code, body = tunnel.ask("GET", "/health/ready")
        return float(json.loads(body)["ready_after_seconds"]) if code == 200 else None
    except (ModelyardError, APIError):
        return None
    finally:
        tunnel.close()
