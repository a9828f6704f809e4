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
    """The SDK looks at the environment alone; Docker Desktop and Colima are found by their context."""
    context = ContextAPI.get_context(os.environ.get("DOCKER_CONTEXT") or None)
    if context is None or not context.Host:
        return docker.from_env(timeout=_SECONDS)
    return docker.DockerClient(base_url=context.Host, tls=context.TLSConfig or False, timeout=_SECONDS)
