"""A catalog of one tiny model that is released in seconds, for tests that release it again and again."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image

from tests.e2e.conftest import Catalog, copy_catalog

TINY = "bright-parts"

_PIPELINE = '''"""Finds the bright parts of a picture."""

from pathlib import Path

import numpy as np

from modelyard import Image, Pipeline, Segmentation, Tensors


class BrightParts(Pipeline[Image, Segmentation]):
    """Change 0."""

    def load(self, weights: Path) -> None:
        self.least = (weights / "least.bin").read_bytes()[0]

    def preprocess(self, image: Image) -> Tensors:
        return {"pixels": image.pixels((16, 16))}

    def infer(self, tensors: Tensors) -> Tensors:
        return {"bright": tensors["pixels"].mean(axis=2) >= self.least}

    def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
        return Segmentation(tensors["bright"].astype(np.uint8))
'''

_MANIFEST = f"""name: {TINY}
version: 1.0.0
title: Bright Parts
summary: Says which parts of a picture are bright.
task: image-segmentation
license: Apache-2.0
source: https://example.org/bright-parts
pipeline: pipeline:BrightParts
variants: {{cpu: litert}}
labels: labels.txt
weights:
  - path: least.bin
    source: file:least.bin
    sha256: SHA256
    license: CC0-1.0
samples:
  - input: samples/half.png
    expected: samples/half.expected.png
    license: CC0-1.0
    origin: Drawn by the test
card:
  domain: Vision
  application: Tests
  framework: None
  training_data: None
  input_format: A picture
  limits: It knows one rule.
  ethical_considerations: None.
"""


_CARD = """# Bright parts

It says which parts of a picture are bright. It learned from nothing. It fails where bright is a matter of taste.
"""


def tiny_catalog(folder: Path, registry: str | None = None, *, weights: int = 300_000) -> Catalog:
    """A copy of the catalog with the tiny model instead of the others.

    Args:
        folder: Where to.
        registry: The registry's host and port, where it is not the shared one.
        weights: Bytes of its weights, which can't be compressed.
    """
    catalog = copy_catalog(folder)
    shutil.rmtree(folder / "assets")
    asset = folder / "assets" / TINY
    (asset / "samples").mkdir(parents=True)
    content = bytes([128]) + os.urandom(weights - 1)
    (asset / "least.bin").write_bytes(content)
    (asset / "asset.yaml").write_text(_MANIFEST.replace("SHA256", hashlib.sha256(content).hexdigest()), "utf-8")
    (asset / "pipeline.py").write_text(_PIPELINE, "utf-8")
    (asset / "labels.txt").write_text("dark\nbright\n", "utf-8")
    (asset / "README.md").write_text(_CARD, "utf-8")
    picture = np.zeros((16, 16, 3), np.uint8)
    picture[:, 8:] = 255
    PIL.Image.fromarray(picture).save(asset / "samples/half.png")
    PIL.Image.fromarray((picture[..., 0] > 0).astype(np.uint8)).save(asset / "samples/half.expected.png")
    if registry:
        manifest = folder / "catalog.yaml"
        prefix = f"{registry}/{catalog.prefix.partition('/')[2]}"
        manifest.write_text(manifest.read_text("utf-8").replace(catalog.prefix, prefix), "utf-8")
        catalog = Catalog(folder, prefix)
    return catalog


def change(catalog: Catalog, number: int) -> None:
    """A change of the tiny model's code."""
    pipeline = catalog.root / "assets" / TINY / "pipeline.py"
    lines = pipeline.read_text("utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if '"""Change' in line)
    lines[place] = f'    """Change {number}."""\n'
    pipeline.write_text("".join(lines), "utf-8")


def start(catalog: Catalog, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Types a command that the test may kill, with all that it starts."""
    return subprocess.Popen(
        [sys.executable, "-m", "modelyard.cli", *arguments],
        cwd=catalog.root,
        env={**os.environ, "PYTHONPATH": str(catalog.root / "framework"), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # In the background of a shell Ctrl-C is ignored, and what is started from there ignores it, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no thread runs here
    )
