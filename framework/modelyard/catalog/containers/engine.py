"""The container engine: finding it, and saying plainly that there is none."""

from __future__ import annotations

import os

import docker
import requests
from docker.context import ContextAPI
from docker.errors import DockerException

from modelyard.errors import ModelyardError

_SECONDS = 600


class NoEngine(ModelyardError):
    """No container engine answers."""


def connect() -> docker.DockerClient:
    """The engine that DOCKER_HOST, the docker command's current context, or the default socket leads to.

    Raises:
        NoEngine: None answers there.
    """
    try:
        client = _from_context() if "DOCKER_HOST" not in os.environ else docker.from_env(timeout=_SECONDS)
        client.ping()
    except (DockerException, requests.RequestException, OSError, ValueError):
        raise NoEngine(
            "no container engine answers: start one with scripts/engine, or serve a model without one with "
            "modelyard run NAME"
        ) from None
    return client


def _from_context() -> docker.DockerClient:
    """The SDK looks at the environment alone; Docker Desktop, Colima and other machines are found by their context."""
    name = os.environ.get("DOCKER_CONTEXT") or None
    context = ContextAPI.get_context(name)
    if context is None and name not in (None, "default"):
        raise NoEngine(
            f"there is no Docker context {name!r}, which DOCKER_CONTEXT names: `docker context ls` lists them"
        )
    if context is None or not context.Host:
        return docker.from_env(timeout=_SECONDS)
    if context.Host.startswith("ssh:"):
        raise NoEngine(
            f"the Docker context {context.Name!r} leads over SSH, which the builder doesn't speak: forward the "
            f"engine's socket (ssh -fNL FILE:/var/run/docker.sock {context.Host.removeprefix('ssh://')}) and set "
            "DOCKER_HOST=unix://FILE"
        )
    return docker.DockerClient(base_url=context.Host, tls=context.TLSConfig or False, timeout=_SECONDS)
