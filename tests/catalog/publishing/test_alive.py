"""Whoever dies leaves a sign that others of the same machine can read, at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.catalog.publishing.alive import is_dead, sign

LIVE = """
import sys
from pathlib import Path
from modelyard.catalog.publishing.alive import sign
with sign(Path(sys.argv[1]), "builder"):
    print("alive", flush=True)
    sys.stdin.read()
"""


def test_a_builder_that_was_killed_is_known_to_be_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIVE, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == "alive\n"
        assert not is_dead(tmp_path, "builder")
        builder.kill()
        builder.wait(30)

        assert is_dead(tmp_path, "builder")
        assert list(tmp_path.iterdir()) == [], "its sign is cleared away"


def test_one_that_ended_leaves_no_sign(tmp_path: Path) -> None:
    with sign(tmp_path / "builders", "builder"):
        assert not is_dead(tmp_path / "builders", "builder")

    assert list((tmp_path / "builders").iterdir()) == []


@pytest.mark.parametrize("name", ["of-another-machine", "", "..", "../else", "/etc/passwd"])
def test_of_others_nothing_is_known(tmp_path: Path, name: str) -> None:
    (tmp_path / "else").write_text("")

    assert not is_dead(tmp_path / "builders", name)
    assert (tmp_path / "else").exists()
