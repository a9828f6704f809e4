"""What the README shows is what there is."""

from __future__ import annotations

import os
import re
import subprocess

from modelyard.catalog.publishing.usage import try_it
from modelyard.catalog.registry import Registry
from modelyard.catalog.workspace import Workspace
from tests.docs.blocks import ROOT, blocks


def test_its_two_commands_are_there() -> None:
    first, second, *_ = blocks("README.md", "sh")

    for command in (first.strip(), second.strip()):
        assert os.access(ROOT / command, os.X_OK)
    helped = subprocess.run(["./scripts/quickstart", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "--only NAME" in helped.stdout


def test_its_way_to_use_a_model_is_the_one_that_a_release_prints(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(ROOT)
    workspace = Workspace(ROOT)
    asset = workspace.asset("image-segmenter")
    planned = type("Planned", (), {"asset": asset})()

    printed = [line.strip() for line in try_it(workspace, Registry(workspace.catalog.registry), planned)]

    for line in blocks("README.md", "sh")[2].strip().splitlines():
        assert line in printed


def test_its_pipeline_is_the_one_that_runs() -> None:
    (shown,) = blocks("README.md", "python")
    code = (ROOT / "assets/image-segmenter/pipeline.py").read_text("utf-8")

    for line in filter(None, shown.splitlines()):
        assert line in code.splitlines()


def test_its_table_has_every_asset_and_no_other() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"^\| \[([a-z0-9-]+)\]\(assets/\1/README\.md\) \|", text, re.MULTILINE)

    assert sorted(shown) == Workspace(ROOT).asset_names()
