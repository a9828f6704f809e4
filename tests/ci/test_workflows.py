"""The workflows of GitHub and GitLab: of the form that they take, shell that holds, commands that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from modelyard.cli.main import cli
from tests.docs.blocks import blocks

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SCHEMAS = {
    ".github/workflows/catalog.yml": "vendor.github-workflows",
    ".github/actions/catalog/action.yml": "vendor.github-actions",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
    ".gitlab/catalog.yml": "vendor.gitlab-ci",
}
VALUES = {
    '${REFRESH:+"$REFRESH"}': "--refresh",
    '"$PUBLISH"': "--no-publish",
    '"$NAME"': "image-segmenter",
    '"$VARIANT"': "cpu",
}


def parsed(file: str) -> dict[str, Any]:
    # GitHub's key `on` is a word, not YAML 1.1's yes.
    return dict(yaml.load((ROOT / file).read_text("utf-8"), Loader=yaml.BaseLoader))


def shells() -> Iterator[tuple[str, str]]:
    """Every piece of shell in the files, and where it stands."""
    for name, job in parsed(".github/workflows/catalog.yml")["jobs"].items():
        for number, step in enumerate(job["steps"]):
            if "run" in step:
                yield f"github {name} {number}", step["run"]
    for number, step in enumerate(parsed(".github/actions/catalog/action.yml")["runs"]["steps"]):
        if "run" in step:
            yield f"github action {number}", step["run"]
    for file in (".gitlab-ci.yml", ".gitlab/catalog.yml"):
        for name, job in parsed(file).items():
            for part in ("before_script", "script", "after_script"):
                if isinstance(job, dict) and part in job:
                    yield f"gitlab {name} {part}", "\n".join(job[part])


def commands() -> Iterator[str]:
    """Every command line of modelyard in the files, and in the page that explains them."""
    for shell in (*(shell for _, shell in shells()), *blocks("docs/ci.md", "sh")):
        for line in shell.splitlines():
            for found in re.findall(r"(?:^|[\s(])modelyard [a-z][^|;>#)]*", line):
                yield found.strip(" (")


def jobs() -> dict[str, Any]:
    return dict(parsed(".github/workflows/catalog.yml")["jobs"])


@pytest.mark.parametrize(("file", "schema"), SCHEMAS.items())
def test_each_file_is_of_its_public_schema(file: str, schema: str) -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, ROOT / file],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("where", "shell"), list(shells()))
def test_their_shell_holds(where: str, shell: str) -> None:
    assert "${{" not in shell, "what somebody else wrote comes through the environment, never into the shell's text"
    done = subprocess.run(
        [BIN / "shellcheck", "--shell", "bash", "-"],
        input=shell,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, f"{where}:\n{done.stdout}"


def test_there_are_commands_to_check() -> None:
    verbs = {line.split()[1] for line in commands()}

    assert {"plan", "ci", "lint", "diff", "weights"} <= verbs


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_each_command_is_one_that_modelyard_takes(line: str) -> None:
    for variable, value in VALUES.items():
        line = line.replace(variable, value)
    _, *words = shlex.split(line)
    command: click.Command = cli
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]

    command.make_context(str(command.name), words)


def test_a_pull_request_publishes_nothing_and_its_code_meets_no_token_that_writes() -> None:
    found = parsed(".github/workflows/catalog.yml")

    assert "pull_request_target" not in found["on"]
    assert found["permissions"] == {"contents": "read"}
    for name, job in jobs().items():
        writes = [scope for scope, right in job.get("permissions", {}).items() if right == "write"]
        runs_code = any("./.github/actions/catalog" in step.get("uses", "") for step in job["steps"])
        if name == "publish":
            assert writes == ["packages"]
            assert job["if"].startswith("github.ref == 'refs/heads/main' && ")
        else:
            assert not (writes and runs_code), name
    checked = "\n".join(step.get("run", "") for step in jobs()["check"]["steps"])
    assert "modelyard ci" in checked
    assert "--no-publish" in checked


def test_no_two_runs_of_the_main_branch_publish_at_once() -> None:
    found = parsed(".github/workflows/catalog.yml")["concurrency"]

    assert found["group"] == "catalog-${{ github.ref }}"
    assert found["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


def test_every_action_is_pinned_to_a_version() -> None:
    for job in jobs().values():
        for step in job["steps"]:
            assert "uses" not in step or step["uses"].startswith("./") or re.search(r"@v\d+$", step["uses"])
