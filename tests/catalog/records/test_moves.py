"""The tags that people pull by move to what the newest commit wants, and never back by accident."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog import revision
from modelyard.catalog.records.moves import Move, refusal
from modelyard.catalog.records.semver import numbers
from modelyard.catalog.revision import Relation

versions = st.builds(lambda *parts: ".".join(map(str, parts)), *[st.integers(0, 30)] * 3)
relations = st.sampled_from(get_args(Relation))
digests = st.sampled_from(["sha256:a", "sha256:b", "sha256:c"])


def move(
    version: str = "1.0.0", *, kind: str = "release", withdrawn: tuple[str, ...] = (), to: str = "sha256:a"
) -> Move:
    return Move.model_validate(
        {
            "kind": kind, "to": to, "instead_of": None, "withdrawn": withdrawn, "version": version, "variant": "cpu",
            "key": "0" * 32, "commit": "1" * 40, "reason": "it was wanted", "made": "2026-01-02T03:04:05+00:00",
        }
    )  # fmt: skip


@given(version=versions, relation=relations, wanted=digests)
def test_the_first_image_of_a_line_is_never_refused(version: str, relation: Relation, wanted: str) -> None:
    assert refusal(None, wanted, version, relation) is None


@given(version=versions, before=versions, wanted=digests)
def test_an_older_commit_never_takes_the_tags_back(version: str, before: str, wanted: str) -> None:
    assert "later commit" in str(refusal(move(before), wanted, version, "older"))


@given(version=versions, before=versions, wanted=digests)
def test_a_newer_commit_always_gets_its_wish_even_for_a_lower_version(version: str, before: str, wanted: str) -> None:
    assert refusal(move(before), wanted, version, "newer") is None


@given(version=versions, before=versions, relation=st.sampled_from(["apart", "unknown"]))
def test_where_git_can_not_tell_the_version_never_goes_down(version: str, before: str, relation: Relation) -> None:
    refused = refusal(move(before), "sha256:b", version, relation) is not None
    assert refused == (numbers(version) < numbers(before))


@given(version=versions, relation=relations, withdrawn=st.lists(digests, min_size=1))
def test_what_a_rollback_withdrew_stays_withdrawn(version: str, relation: Relation, withdrawn: list[str]) -> None:
    back = move(kind="rollback", withdrawn=tuple(withdrawn))
    for digest in withdrawn:
        assert "rolled back on 2026-01-02: it was wanted" in str(refusal(back, digest, version, relation))
    assert refusal(back, "sha256:new", "1.0.0", "newer") is None


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def test_commits_stand_to_each_other_as_git_says(repository: Path) -> None:
    first = commit(repository, "first")
    second = commit(repository, "second")
    git(repository, "checkout", "--quiet", "-b", "other", first)
    aside = commit(repository, "aside")

    assert revision.current(repository) == aside
    assert revision.relation(repository, first, second) == "older"
    assert revision.relation(repository, second, first) == "newer"
    assert revision.relation(repository, second, second) == "same"
    assert revision.relation(repository, second, aside) == "apart"
    assert revision.relation(repository, "f" * 40, second) == "unknown"
    assert revision.relation(repository, None, second) == "unknown"
    assert revision.relation(repository, "--upload-pack=x", second) == "unknown"


def test_a_folder_outside_git_has_no_commit(tmp_path: Path) -> None:
    assert revision.current(tmp_path) is None
