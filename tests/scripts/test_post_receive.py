"""`scripts/post-receive` by itself: real pushes, of catalogs whose `modelyard` only says how it was called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / "scripts/post-receive"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a server of git runs Linux")

ENVIRONMENT = """#!/bin/bash
mkdir -p .venv/bin
cp stand-in .venv/bin/modelyard
"""
STAND_IN = """#!/bin/bash
echo "called with $*"
echo "in $(git rev-parse --show-toplevel) at $(cat content)"
env | grep ^GIT_ | sed 's/^/variable /'
echo "registry ${MODELYARD_REGISTRY:-none}"
echo "summed up" >"$3"
[[ $(cat content) != bad ]]
"""


@dataclass
class Repository:
    """A bare repository with the hook, and a clone of it."""

    bare: Path
    clone: Path

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@localhost", *arguments],
            cwd=folder or self.clone, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout + done.stderr

    def push(self, content: str, branch: str = "main") -> str:
        """Commits and pushes a content; gives what the pusher is told."""
        (self.clone / "content").write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", content)
        return self.git("push", "origin", f"HEAD:{branch}")

    @property
    def folder(self) -> Path:
        return self.bare / "modelyard"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "a bare one.git", tmp_path / "clone")
    found.clone.mkdir()
    found.git("init", "--quiet", "--bare", "--initial-branch=main", str(found.bare))
    shutil.copy(HOOK, found.bare / "hooks/post-receive")
    found.git("init", "--quiet", "--initial-branch=main")
    found.git("remote", "add", "origin", str(found.bare))
    (found.clone / "scripts").mkdir()
    for name, text in (("scripts/environment", ENVIRONMENT), ("stand-in", STAND_IN)):
        (found.clone / name).write_text(text)
        (found.clone / name).chmod(0o755)
    (found.clone / ".gitignore").write_text("/.venv/\nignored\n")
    return found


def test_a_push_is_checked_out_and_released_and_the_pusher_sees_it(repository: Repository) -> None:
    said = repository.push("one")

    assert "remote: modelyard: releasing" in said
    assert "remote: called with ci --summary " in said
    assert f"remote: in {repository.folder / 'work'} at one" in said
    assert (repository.folder / "summary.md").read_text() == "summed up\n"
    assert "WHOLLY" not in said


def test_nothing_of_git_leads_the_inner_git_astray(repository: Repository) -> None:
    said = repository.push("one")

    variables = [line.split()[2].partition("=")[0] for line in said.splitlines() if line.startswith("remote: variable")]
    assert {"GIT_DIR", "GIT_QUARANTINE_PATH", "GIT_WORK_TREE", "GIT_INDEX_FILE"}.isdisjoint(variables)


def test_what_was_not_released_is_said_and_the_push_stands(repository: Repository) -> None:
    said = repository.push("bad")

    assert "remote: modelyard: THIS PUSH WAS NOT WHOLLY RELEASED" in said
    assert repository.git("rev-parse", "main", folder=repository.bare) == repository.git("rev-parse", "HEAD")


def test_nothing_of_an_earlier_push_stays_but_the_environment(repository: Repository) -> None:
    repository.push("one")
    work = repository.folder / "work"
    (work / "ignored").write_text("by git, but it might be built in")
    (work / "stray").write_text("")
    (work / "content").write_text("changed by hand")
    (work / ".venv/kept").write_text("")

    said = repository.push("two")

    assert "at two" in said
    assert not (work / "ignored").exists()
    assert not (work / "stray").exists()
    assert (work / ".venv/kept").exists()


def test_a_folder_that_a_killed_git_left_half_made_is_made_again(repository: Repository) -> None:
    repository.push("one")
    (repository.folder / "work/.git").unlink()

    assert "at two" in repository.push("two")


def test_another_branch_is_released_where_git_is_told_so(repository: Repository) -> None:
    repository.git("config", "modelyard.branch", "stable", folder=repository.bare)

    assert "nothing is released: only the branch stable is" in repository.push("one")
    assert "at two" in repository.push("two", "stable")


def test_a_branch_that_is_deleted_releases_nothing(repository: Repository) -> None:
    repository.git("config", "receive.denyDeleteCurrent", "ignore", folder=repository.bare)
    repository.push("one")

    assert "nothing is released" in repository.git("push", "origin", ":main")


def test_settings_of_the_server_stand_in_a_file(repository: Repository) -> None:
    repository.folder.mkdir()
    (repository.folder / "environment").write_text("MODELYARD_REGISTRY=registry.example.org/models\n")

    assert "remote: registry registry.example.org/models" in repository.push("one")


def test_a_repository_that_is_no_catalog_is_told_so(repository: Repository) -> None:
    (repository.clone / "scripts/environment").unlink()

    assert "remote: modelyard: this commit is no catalog: it has no scripts/environment" in repository.push("one")


def test_the_last_fifty_runs_are_kept(repository: Repository) -> None:
    (repository.folder / "log").mkdir(parents=True)
    for number in range(60):
        (repository.folder / f"log/20200101T0000{number:02}Z-old.log").write_text("")

    repository.push("one")

    kept = sorted(path.name for path in (repository.folder / "log").iterdir())
    assert len(kept) == 50
    assert kept[0] == "20200101T000011Z-old.log"
    assert "at one" in (repository.folder / "log" / kept[-1]).read_text()


def test_it_is_run_by_hand_with_options_of_the_verb(repository: Repository) -> None:
    repository.push("one")
    hook = repository.bare / "hooks/post-receive"

    done = subprocess.run([hook, "run", "--retry"], cwd="/", capture_output=True, text=True, timeout=60, check=False)
    wrong = subprocess.run([hook, "again"], cwd="/", capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert "summary.md.new --retry" in done.stdout
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("usage: ")


def test_pushes_wait_for_each_other_and_none_is_lost(repository: Repository) -> None:
    """The first is slow; of the two that come meanwhile, the second's commit is what both release."""
    stand_in = repository.clone / "stand-in"
    stand_in.write_text(STAND_IN.replace("echo", '[[ $(cat content) != slow ]] || sleep 2\necho "began" >&2\necho', 1))
    (repository.clone / "content").write_text("slow")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message", "slow")
    pushes = [push(repository)]
    while not (repository.folder / "work/content").exists():
        time.sleep(0.01)
    for content in ("two", "three"):
        (repository.clone / "content").write_text(content)
        repository.git("commit", "--quiet", "--all", "--message", content)
        pushes.append(push(repository))
        while repository.git("rev-parse", "main", folder=repository.bare) != repository.git("rev-parse", "HEAD"):
            time.sleep(0.01)

    said = [one.communicate(timeout=60)[1] for one in pushes]

    assert [one.returncode for one in pushes] == [0, 0, 0]
    assert "at slow" in said[0]
    assert all("waiting for it" in one and "at three" in one for one in said[1:]), said


def push(repository: Repository) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["git", "push", "origin", "main"], cwd=repository.clone, env=dict(os.environ), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
