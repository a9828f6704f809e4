"""Docker's configuration of each test's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Login = Callable[..., Path]


@pytest.fixture(autouse=True)
def docker_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody is logged in anywhere, and a password in ~/.netrc is nobody's business."""
    folder = tmp_path / "docker"
    folder.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    netrc = tmp_path / "netrc"
    netrc.write_text("default login netrc-user password netrc-password\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    return folder


@pytest.fixture
def login(docker_config: Path) -> Login:
    """Writes what `docker login` writes."""

    def write(host: str, name: str, password: str, **more: Any) -> Path:
        auth = base64.b64encode(f"{name}:{password}".encode()).decode()
        file = docker_config / "config.json"
        file.write_text(json.dumps({"auths": {host: {"auth": auth}}, **more}))
        return file

    return write
