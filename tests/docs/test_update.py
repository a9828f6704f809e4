"""The lines on packages in docs/run-a-catalog.md, typed as they stand."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.small import Small, write
from tests.docs.blocks import blocks

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Small:
    catalog = write(tmp_path_factory.mktemp("catalog"))
    catalog.edit("framework/pyproject.toml", "markupsafe==2.1.4", "pillow>=11")
    catalog.update()
    return catalog


def lines() -> list[str]:
    (block,) = [one for one in blocks("docs/run-a-catalog.md", "sh") if "modelyard update" in one]
    return block.strip().splitlines()


@pytest.mark.parametrize("line", lines())
def test_every_line_works(catalog: Small, line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)

    assert program == "modelyard"
    assert catalog.modelyard(*arguments).exit_code == 0


def test_the_requirements_that_are_shown_are_read(catalog: Small) -> None:
    (shown,) = [one for one in blocks("docs/add-an-asset.md", "yaml") if one.startswith("requirements:")]
    manifest = Path(catalog.root, "assets/good/asset.yaml")
    before, _, _ = manifest.read_text("utf-8").partition("requirements:")
    manifest.write_text(before + shown, "utf-8")

    assert catalog.workspace.asset("good").requirements == ["scipy>=1.16", "soundfile"]
