"""A small model behind an application, without a server and without weights."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest
from flask import Flask

from modelyard import Image, Pipeline, Segmentation, Tensors, tasks
from modelyard.caller import current
from modelyard.manifest.asset import ServedAsset
from modelyard.serving.app import create_app
from modelyard.serving.served import Deployment, Place, Served
from modelyard.serving.settings import Settings
from modelyard.serving.state import State


class Handle:
    """A network that reports what the runtimes' handles report."""

    inputs = outputs = ()
    waiting = 0

    def __call__(self, tensors: Tensors) -> Tensors:
        observe = current().observe
        observe("queue", 0.002)
        observe("infer", 0.03)
        observe("batch_size", 4)
        return tensors


class Bright(Pipeline[Image, Segmentation]):
    """Marks the bright pixels."""

    def load(self, weights: Path) -> None:
        self.model = Handle()

    def preprocess(self, image: Image) -> Tensors:
        return {"pixels": image.pixels()}

    def postprocess(self, tensors: Tensors, image: Image) -> Segmentation:
        return Segmentation((tensors["pixels"].mean(axis=2) > 127).astype(np.uint8))


@pytest.fixture
def photo() -> bytes:
    """A picture, its right half bright."""
    pixels = np.zeros((6, 8, 3), np.uint8)
    pixels[:, 4:] = 255
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def served(tmp_path: Path) -> Served:
    """A model of the task image-segmentation, with two labels."""
    asset = ServedAsset.model_validate(
        {
            "name": "bright", "version": "1.2.3", "title": "Bright", "summary": "Marks bright pixels.",
            "task": "image-segmentation", "license": "Apache-2.0", "source": "here", "pipeline": "pipeline:Bright",
            "variants": {"cpu": "litert"}, "weights": [],
            "samples": [{"input": "a.png", "expected": "a.expected.png", "license": "CC0-1.0", "origin": "made here"}],
        }
    )  # fmt: skip
    runtime: Any = SimpleNamespace(name="litert", version="0")
    pipeline = Bright(runtime, ("dark", "bright"))
    pipeline.load(tmp_path)
    return Served(
        place=Place(tmp_path, tmp_path, tmp_path / "asset.json", "sha256:0123"),
        deployment=Deployment(asset=asset, variant="cpu", runtime="litert"),
        task=tasks.load("image-segmentation"),
        pipeline=pipeline,
        parameters=(),
        labels=("dark", "bright"),
    )


@pytest.fixture
def make_app(served: Served) -> Callable[..., Flask]:
    """Gives the application; keywords are settings, or fields of `Served` that are to be others."""

    def make(state: State | None = None, **others: Any) -> Flask:
        fields = {name: others.pop(name) for name in ("pipeline", "task", "labels") if name in others}
        return create_app(replace(served, **fields), Settings(**others), state)

    return make
