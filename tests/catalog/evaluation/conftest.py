"""A catalog with one model of texts, which is held to what each test says."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset

MANIFEST = """\
name: sentiment
version: 1.2.0
title: Sentiment
summary: Says whether a text is kind.
task: text-classification
license: Apache-2.0
source: https://example.org
pipeline: pipeline:Sentiment
variants: {cpu: litert}
samples: [{input: samples/kind.txt, error: 400, license: CC0-1.0, origin: Written for this test}]
evaluation: {origin: Four texts}
card:
  domain: Language
  application: Tests
  framework: None
  training_data: None
  input_format: A text
  limits: All
  ethical_considerations: None
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "assets" / "sentiment"
    folder.mkdir(parents=True)
    (tmp_path / "catalog.yaml").write_text("title: T\nregistry: 127.0.0.1:5000/t\npython: python:3.13\n")
    (folder / "asset.yaml").write_text(MANIFEST)
    return Workspace(tmp_path)


@pytest.fixture
def asset(workspace: Workspace) -> Asset:
    return workspace.asset("sentiment")
