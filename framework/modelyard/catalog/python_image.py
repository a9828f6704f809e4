"""The image with Python in it that every base is built on.

It is the official one wherever a registry can be reached. On a machine that reaches none, but does
reach Debian's packages, the same release of Debian with the same Python is put together from those;
its label says that it was, and nothing of the machine it was made on stays inside.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import docker
import docker.errors

from modelyard.catalog import python_bootstrap
from modelyard.errors import ModelyardError

FIRST_WORD = 20.0
"""Seconds that a registry has for its first word; one that is up takes less than two."""

STALL = 60.0
"""Seconds of silence in the middle of a pull after which the registry counts as gone."""


@dataclass(frozen=True)
class PythonImage:
    """A local image that has `python3`, with venv and pip, on its PATH."""

    id: str
    """The engine's id of it. Bootstrapped from the same packages, it is the same on every machine."""

    reference: str
    """The tag to build from: what was asked for, or the local name of what was bootstrapped."""

    origin: Literal["pulled", "bootstrapped"]


class RegistryOutOfReach(ModelyardError):
    """The network, not the registry, is why the image can't be pulled."""


def ensure(client: docker.DockerClient, reference: str, note: Callable[[str], None]) -> PythonImage:
    """The local image with Python for a reference such as `python:3.13-slim-trixie`.

    What is here already is used as it stands; `docker rmi` makes the next call look again.

    Args:
        client: The engine that will build.
        reference: An official image of Python, in its slim form on a named release of Debian.
        note: Is told, in one line each, what takes time and why.

    Raises:
        ModelyardError: The registry refuses the reference; or it can't be reached, and no image can be
            bootstrapped here.
    """
    stand_in = python_bootstrap.stand_in(reference)
    if found := _local(client, reference) or _local(client, stand_in):
        return found
    note(f"pulling {reference}")
    try:
        _pull(client, reference)
    except RegistryOutOfReach as fault:
        recipe = python_bootstrap.recipe(reference, str(fault))
        note(f"{fault}; bootstrapping it from Debian's packages")
        python_bootstrap.bootstrap(client, recipe, note)
    if found := _local(client, reference) or _local(client, stand_in):
        return found
    raise ModelyardError(f"{reference}: the engine lost the image right after it got it; run it again")


def _local(client: docker.DockerClient, reference: str) -> PythonImage | None:
    try:
        image = client.images.get(reference)
    except docker.errors.ImageNotFound:
        return None
    bootstrapped = image.labels.get(python_bootstrap.ORIGIN_LABEL) == "bootstrapped"
    return PythonImage(str(image.id), reference, "bootstrapped" if bootstrapped else "pulled")


_NETWORK_FAULT = re.compile(
    r"dial tcp|lookup |no such host|name resolution|connection (refused|reset)|unreachable|no route to host"
    r"|time(d )?[- ]?out|deadline exceeded|proxyconnect|x509|tls:|\bEOF\b|HTTP status:? 50[234]"
    r"|\": (Forbidden|Proxy Auth|Bad Gateway|Service Unavail|Gateway Time)",  # a proxy's words
    re.IGNORECASE,
)


def _pull(client: docker.DockerClient, reference: str) -> None:
    """Pulls, and gives up on a registry that stays silent; the engine by itself would wait for minutes."""
    events: queue.Queue[dict[str, Any] | Exception | None] = queue.Queue()

    def listen() -> None:
        try:
            # The whole reference goes into the first argument: the SDK splits off tag or digest.
            for event in client.api.pull(reference, stream=True, decode=True):
                events.put(event)
            events.put(None)
        except Exception as error:  # the caller's thread raises it
            events.put(error)

    threading.Thread(target=listen, name=f"pull {reference}", daemon=True).start()
    patience = FIRST_WORD
    while True:
        try:
            event = events.get(timeout=patience)
        except queue.Empty:
            silence = f"its registry was silent for {patience:.0f} s"
            raise RegistryOutOfReach(f"{reference} can't be pulled: {silence}") from None
        if event is None:
            return
        if isinstance(event, Exception):
            raise _pull_error(reference, event) from event
        if "error" in event:
            raise _pull_error(reference, str(event["error"]))
        patience = STALL


def _pull_error(reference: str, cause: Exception | str) -> ModelyardError:
    words = cause.explanation if isinstance(cause, docker.errors.APIError) else None
    said = " ".join(str(words or cause).split())
    if isinstance(cause, Exception) and not isinstance(cause, docker.errors.APIError):
        return ModelyardError(f"{reference}: the engine or its login failed in the middle of the pull: {said}")
    refused = isinstance(cause, docker.errors.APIError) and cause.is_client_error()
    if not refused and _NETWORK_FAULT.search(said):
        return RegistryOutOfReach(f"{reference} can't be pulled: {said}")
    return ModelyardError(
        f"{reference}: the registry refuses it: {said}; correct the reference, or `docker login` where it is private"
    )
