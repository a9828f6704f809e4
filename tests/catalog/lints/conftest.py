"""A good asset, to be made bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.lint import lint
from modelyard.catalog.workspace import Workspace

MANIFEST = """\
name: good
version: 1.0.0
title: Good
summary: Does all that is asked of it.
task: image-segmentation
license: Apache-2.0
source: https://example.org/good
pipeline: pipeline:Good
variants:
  cpu: litert
labels: labels.txt
weights:
  - path: network
    source: npm:@scope/network@1.2.3
    mirrors:
      - https://example.org/network.tgz
    sha256: 203ed3d8b2891f76616555a25378ef823a1def9a505143a8196dfc28f73bcd87
    license: MIT OR Apache-2.0
samples:
  - input: samples/street.jpg
    expected: samples/street.expected.png
    tolerance: { differing: 0.01 }
    license: CC0-1.0
    origin: Made for this test
  - input: samples/empty.jpg
    error: 400
    license: LicenseRef-Public-Domain
    origin: A file of no bytes
parity: { iou_loss: 0 }
card:
  domain: Vision
  application: Tests
  framework: None
  training_data: None
  input_format: A photo
  limits: It does nothing.
  ethical_considerations: It harms nobody.
"""

PIPELINE = """\
from modelyard import Image, Pipeline, Segmentation


class Good(Pipeline[Image, Segmentation]):
    def load(self, weights): ...

    def preprocess(self, image): ...

    def postprocess(self, tensors, image): ...
"""

README = """\
# Good

It names what it sees. It learned that from nothing. It fails on everything else.
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A catalog with one asset, which no rule finds anything wrong with."""
    folder = tmp_path / "assets" / "good"
    (folder / "samples").mkdir(parents=True)
    (tmp_path / "catalog.yaml").write_text("title: Test\nregistry: localhost:5000/test\npython: python:3.13\n")
    (folder / "asset.yaml").write_text(MANIFEST)
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "README.md").write_text(README)
    (folder / "labels.txt").write_text("background\nperson\n")
    for name in ("street.jpg", "street.expected.png", "empty.jpg"):
        (folder / "samples" / name).touch()
    catalog = Workspace(tmp_path)
    catalog.requirements.mkdir(parents=True)
    (catalog.requirements / "litert.txt").touch()
    return catalog


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    """The asset's folder."""
    return workspace.folder("good")


@pytest.fixture
def change(folder: Path) -> Callable[[str, str], str]:
    """Replaces text in the manifest; gives the line in which the new text ends, as findings have it."""

    def change(old: str, new: str) -> str:
        manifest = folder / "asset.yaml"
        before, middle, after = manifest.read_text().partition(old)
        assert middle, f"{old!r} is not there"
        assert old not in after, f"{old!r} is there twice"
        manifest.write_text(before + new + after)
        return f"assets/good/asset.yaml:{(before + new).count(chr(10)) + 1}"

    return change


@pytest.fixture
def findings(workspace: Workspace) -> Callable[[str], list[str]]:
    """What a rule finds, a line each."""
    return lambda rule: [str(one) for one in lint(Workspace(workspace.root), ["good"], [rule])]
