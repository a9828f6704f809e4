"""docs/site.md and the jobs of docs/ci.md say what holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from modelyard.catalog.site.show import HEADERS
from modelyard.manifest.catalog import Catalog
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/site.md"


def job(name: str) -> dict[str, Any]:
    """A job of docs/ci.md."""
    found = [yaml.safe_load(block) for block in blocks("docs/ci.md", "yaml")]
    return next(one[name] for one in found if name in one)


def test_the_headers_are_those_of_serve() -> None:
    (server,) = blocks(PAGE, "nginx")
    assert all(f"add_header {name} {value} always;" in server for name, value in HEADERS.items())


def test_catalog_yaml_takes_the_address() -> None:
    (block,) = blocks(PAGE, "yaml")
    declared = yaml.safe_load(block) | {"title": "x", "registry": "registry.test/x", "python": "python:3.13"}
    assert Catalog.model_validate(declared).site_address == "https://models.example.org/"


def test_the_jobs_stand_upon_what_the_workflows_have() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "catalog.yml").read_text("utf-8"))
    steps = job("site")["steps"]
    assert set(job("site")["needs"]) <= set(workflow["jobs"])
    assert any(step.get("uses") == "./.github/actions/catalog" for step in steps)
    assert (Path(ROOT) / ".github" / "actions" / "catalog").is_dir()
    assert ".catalog" in yaml.safe_load((ROOT / ".gitlab" / "catalog.yml").read_text("utf-8"))
    assert job("pages")["script"] == ["modelyard site --output public"]
