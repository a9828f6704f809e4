"""A catalog of a base of two packages and one asset with a package of its own: quick to solve."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result
from tests.catalog.lints.conftest import MANIFEST, PIPELINE, README

from modelyard.catalog.workspace import Workspace
from modelyard.cli.main import cli

PROJECT = """\
[project]
name = "modelyard"
version = "0"
requires-python = ">=3.11"
dependencies = ["markupsafe==2.1.4"]
[project.optional-dependencies]
litert = ["blinker==1.8.1"]
[tool.modelyard.locks.litert]
extras = ["litert"]
"""


@dataclass
class Small:
    """A catalog in a folder."""

    root: Path

    @property
    def workspace(self) -> Workspace:
        """As the builder finds it now."""
        return Workspace(self.root)

    def modelyard(self, *arguments: str) -> Result:
        """Types a command."""
        return CliRunner().invoke(cli, ["-C", str(self.root), *arguments])

    def update(self, *arguments: str) -> Result:
        """Types one that must work."""
        done = self.modelyard("update", *arguments)
        assert done.exit_code == 0, done.output + repr(done.exception)
        return done

    def edit(self, file: str, before: str, after: str) -> None:
        """Changes a file."""
        text = (self.root / file).read_text("utf-8")
        assert before in text, f"{file} doesn't contain {before!r}"
        (self.root / file).write_text(text.replace(before, after), "utf-8")

    def locks(self) -> dict[str, str]:
        """The locks there are, by file."""
        return {path.relative_to(self.root).as_posix(): path.read_text("utf-8") for path in self.root.rglob("*.txt")}

    def pinned(self, file: str) -> list[str]:
        """The packages of a lock."""
        return [line.removesuffix(" \\") for line in self.locks()[file].splitlines() if not line.startswith(" ")]


def write(root: Path) -> Small:
    """The catalog, with nothing locked yet."""
    for name, text in {
        "catalog.yaml": "title: Test\nregistry: localhost:5000/test\npython: python:3.13\n",
        "Dockerfile.base": "FROM scratch\n",
        ".dockerignore": "assets/*/requirements\n",
        "framework/pyproject.toml": PROJECT,
        "assets/good/asset.yaml": MANIFEST.replace("labels: labels.txt\n", "") + 'requirements: ["jinja2==3.1.3"]\n',
        "assets/good/pipeline.py": PIPELINE,
        "assets/good/README.md": README,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "framework/requirements").mkdir()
    (root / "framework/modelyard").mkdir()
    return Small(root)
