"""`scripts/browser`: finds the browser that the tests of the page use, or says what to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "browser"
HIDDEN = ("apt", "chromium", "google-chrome", "dpkg")


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine with no browser and no root."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for folder in map(Path, ("/usr/bin", "/bin")):
        for tool in folder.iterdir():
            if not tool.name.startswith((*HIDDEN, "id")) and not (programs / tool.name).exists():
                (programs / tool.name).symlink_to(tool)
    put(programs / "id", "echo 1000")
    return {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state"), "PATH": str(programs)}


def put(program: Path, line: str) -> None:
    program.write_text(f"#!/bin/bash\n{line}\n")
    program.chmod(0o755)


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), *words], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_path_of_a_browser_that_starts_is_printed(bare: dict[str, str]) -> None:
    put(Path(bare["PATH"], "chromium"), "exit 1")  # Ubuntu's stub, which asks for a snap
    put(Path(bare["PATH"], "google-chrome"), "echo 'Google Chrome 1'")
    done = run(bare)
    assert (done.returncode, done.stdout) == (0, f"{bare['PATH']}/google-chrome\n")


def test_the_one_that_is_named_wins(bare: dict[str, str]) -> None:
    named = Path(bare["HOME"], "my browser")
    put(named, "exit 0")
    assert run(bare | {"CHROMIUM": str(named)}).stdout == f"{named}\n"
    done = run(bare | {"CHROMIUM": "/nowhere"})
    assert done.returncode == 3
    assert "CHROMIUM=/nowhere is no program" in done.stderr


def test_where_none_can_be_installed_it_says_what_to_do(bare: dict[str, str]) -> None:
    done = run(bare)
    assert (done.returncode, done.stdout) == (3, "")
    assert "apt-get install chromium" in done.stderr
    assert "CHROMIUM" in done.stderr


def test_help_and_a_wrong_call(bare: dict[str, str]) -> None:
    assert "usage: scripts/browser" in run(bare, "--help").stdout
    assert run(bare, "start").returncode == 2
    assert os.access(SCRIPT, os.X_OK)
