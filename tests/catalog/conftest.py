"""What the specifications of Python images share: the real engine, and a bootstrap that is only noted."""

from __future__ import annotations

import shutil
from typing import Any

import docker
import docker.errors
import pytest
from tests.catalog.engines import REFERENCE, silent

from modelyard.catalog.containers import python_bootstrap
from modelyard.catalog.containers.python_bootstrap import Recipe, stand_in
from modelyard.catalog.containers.python_image import PythonImage, ensure


@pytest.fixture
def bootstraps(monkeypatch: pytest.MonkeyPatch) -> list[Recipe]:
    """What is bootstrapped, on a machine that could, without doing it."""
    made: list[Recipe] = []

    def bootstrap(client: Any, recipe: Recipe, note: object, *, refresh: bool) -> None:
        made.append(recipe)
        client.hold(stand_in(recipe.reference), org_modelyard_python_origin="bootstrapped")

    monkeypatch.setattr(python_bootstrap, "bootstrap", bootstrap)
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return made


@pytest.fixture(scope="module")
def client() -> docker.DockerClient:
    return docker.from_env()


@pytest.fixture(scope="module")
def image(client: docker.DockerClient) -> PythonImage:
    return ensure(client, REFERENCE, silent)
