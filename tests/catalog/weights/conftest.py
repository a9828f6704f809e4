"""What the specifications of weights share."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.weights.cache import Cache
from modelyard.catalog.weights.sources import SourceContext


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "network: asks a real package registry")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache")


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    """The folder of an asset."""
    folder = tmp_path / "asset"
    folder.mkdir()
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The empty folder that a source is given."""
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def context(asset: Path) -> SourceContext:
    """What a source is told when nobody watches its progress."""
    return SourceContext(asset=asset, advance=lambda done, total: None)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Installs a shell script as the only program of its name on the PATH."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")

    def install(name: str, script: str) -> None:
        file = programs / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    return install
