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

from modelyard.catalog.containers import python_bootstrap
from modelyard.catalog.registry import Registry
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

    digest: str | None = None
    """What its registry gave; none where it was bootstrapped or loaded from a file."""


@dataclass(frozen=True)
class Source:
    """Where a reference leads to.

    Attributes:
        prefix: Registry and folder.
        name: The last part of the repository's name.
        tag: The tag, or the digest.
    """

    prefix: str
    name: str
    tag: str

    @classmethod
    def of(cls, reference: str) -> Source:
        """By Docker's rules: what names no registry is Docker Hub's, and its official images stand in `library`."""
        bare, _, digest = reference.partition("@")
        path, _, tag = bare.rpartition(":") if ":" in bare.rpartition("/")[2] else (bare, "", "latest")
        first, slash, rest = path.partition("/")
        if not slash or not (set(".:") & set(first) or first == "localhost"):
            first, rest = "registry-1.docker.io", path if slash else f"library/{path}"
        elif first in ("docker.io", "index.docker.io"):
            first, rest = "registry-1.docker.io", rest if "/" in rest else f"library/{rest}"
        folder, _, name = rest.rpartition("/")
        return cls(f"{first}/{folder}".rstrip("/"), name, digest or tag)

    def digest(self) -> str | None:
        """What its registry has there now.

        Raises:
            ModelyardError: It can't be asked.
        """
        return Registry(self.prefix).digest(self.name, self.tag)


class RegistryOutOfReach(ModelyardError):
    """The network, not the registry, is why the image can't be pulled."""


def ensure(
    client: docker.DockerClient, reference: str, note: Callable[[str], None], *, refresh: bool = False
) -> PythonImage:
    """The local image with Python for a reference such as `python:3.13-slim-trixie`.

    What is here already is used as it stands; `docker rmi` makes the next call look again.

    Args:
        client: The engine that will build.
        reference: An official image of Python, in its slim form on a named release of Debian.
        note: Is told, in one line each, what takes time and why.
        refresh: Look again although one is here.

    Raises:
        ModelyardError: The registry refuses the reference; or it can't be reached, and no image can be
            bootstrapped here.
    """
    stand_in = python_bootstrap.stand_in(reference)
    if not refresh and (found := _local(client, reference) or _local(client, stand_in)):
        return found
    note(f"pulling {reference}")
    try:
        _pull(client, reference)
    except RegistryOutOfReach as fault:
        recipe = python_bootstrap.recipe(reference, str(fault))
        note(f"{fault}; bootstrapping it from Debian's packages")
        python_bootstrap.bootstrap(client, recipe, note, refresh=refresh)
        if refresh and (made := _local(client, stand_in)):
            return made
    if found := _local(client, reference) or _local(client, stand_in):
        return found
    raise ModelyardError(f"{reference}: the engine lost the image right after it got it; run it again")


def _local(client: docker.DockerClient, reference: str) -> PythonImage | None:
    try:
        image = client.images.get(reference)
    except docker.errors.ImageNotFound:
        return None
    bootstrapped = image.labels.get(python_bootstrap.ORIGIN_LABEL) == "bootstrapped"
    given = {one.partition("@")[2] for one in image.attrs.get("RepoDigests") or [] if _is_of(one, reference)}
    digest = None if bootstrapped else next(iter(sorted(given)), None)
    return PythonImage(str(image.id), reference, "bootstrapped" if bootstrapped else "pulled", digest)


def _is_of(repository_digest: str, reference: str) -> bool:
    one, other = Source.of(repository_digest), Source.of(reference)
    return (one.prefix, one.name) == (other.prefix, other.name)


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
