"""A catalog without an asset, and what runs one in this very process."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.docs.blocks import ROOT

from modelyard.catalog.workspace import Workspace
from modelyard.manifest.asset import Asset
from modelyard.serving.app import create_app
from modelyard.serving.samples import Send
from modelyard.serving.served import Deployment, Place, load
from modelyard.serving.settings import Settings


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A catalog with the framework's locks, and no asset."""
    (tmp_path / "catalog.yaml").write_text("title: Test\nregistry: localhost:5000/test\npython: python:3.13\n")
    (tmp_path / "framework").mkdir()
    for name in ("pyproject.toml", "requirements"):
        (tmp_path / "framework" / name).symlink_to(ROOT / "framework" / name)
    return Workspace(tmp_path)


@pytest.fixture
def served(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Asset], Send]]:
    """Loads an asset, and gives the road to it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def serve(asset: Asset) -> Send:
        sys.modules.pop("pipeline", None)
        folder, settings = workspace.folder(asset.name), Settings(threads=1)
        deployment = Deployment(asset=asset.served(), variant="cpu", runtime=asset.variants["cpu"])
        place = Place(folder, folder, workspace.root / "asset.json", "local")
        place.deployment.write_text(deployment.model_dump_json())
        found = load(place, settings)
        client = create_app(replace(found), settings).test_client()

        def send(data: bytes, parameters: object) -> tuple[int, bytes]:
            fields = {**parameters, found.task.input.field: (io.BytesIO(data), "sample")}  # type: ignore[dict-item]
            answer = client.post("/model/predict", data=fields)
            return answer.status_code, answer.data

        return send

    yield serve
    sys.modules.pop("pipeline", None)
