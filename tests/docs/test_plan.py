"""What docs/run-a-catalog.md says of plans is what they do."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from modelyard.catalog.reference import pages
from modelyard.cli.main import cli
from modelyard.manifest.catalog import Catalog
from modelyard.manifest.load import ManifestError, read
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/run-a-catalog.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The catalog in a repository with two commits; no registry answers."""
    folder = tmp_path / "catalog"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{ROOT}", folder], check=True)
    person = ("-c", "user.name=A", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", folder, *person, "commit", "-q", "--allow-empty", "-m", "change"], check=True)
    return folder


def test_its_ways_to_explain_a_commit_work(root: Path) -> None:
    lines = [line for block in blocks(PAGE, "sh") for line in block.splitlines() if "--since" in line]
    assert len(lines) == 3

    for line in lines:
        program, *arguments = shlex.split(line, comments=True)
        done = CliRunner().invoke(cli, ["-C", str(root), *arguments], catch_exceptions=False)
        assert program == "modelyard"
        assert done.exit_code in {0, 1} if "--exit-code" in line else done.exit_code == 0
        assert done.stdout


def _without_a_policy() -> str:
    lines = (ROOT / "catalog.yaml").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("refresh:"))


def test_its_policy_is_one_that_catalog_yaml_and_its_schema_take(tmp_path: Path) -> None:
    (block,) = (block for block in blocks(PAGE, "yaml") if "refresh:" in block)
    file = tmp_path / "catalog.yaml"
    file.write_text(_without_a_policy() + block, "utf-8")

    catalog = read(file, Catalog)

    assert catalog.refresh.max_age == 30 * 86_400
    assert catalog.refresh.updates
    schema = json.loads(pages(cli)["catalog.schema.json"])
    jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), schema)


@pytest.mark.parametrize("age", ["1h", "30", "-1d", "a month"])
def test_an_age_below_a_day_or_of_no_unit_is_refused(tmp_path: Path, age: str) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(_without_a_policy() + f"refresh: {{ max_age: {age} }}\n", "utf-8")

    with pytest.raises(ManifestError, match=r"catalog.yaml:\d+: refresh.max_age: "):
        read(file, Catalog)
