"""Images of assets of each sort are built and held to every check; with `--all`, those of all assets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelyard.catalog import tags
from modelyard.catalog.workspace import Workspace
from tests.docs.blocks import ROOT
from tests.e2e.conftest import Catalog, copy_catalog, serving
from tests.fleet import snippets

pytestmark = pytest.mark.engine

REPRESENTATIVE = (
    "voice-activity-detector",  # sounds; ONNX Runtime
    "spam-filter",  # texts; a network that was trained here; LiteRT
)
"""One of each sort, beside image-segmenter, which tests/e2e/test_spine.py releases: pictures, LiteRT, converted."""


def chosen(everything: bool) -> list[str]:
    """The assets whose images are built, as far as they are there."""
    return [name for name in Workspace(ROOT).asset_names() if everything or name in REPRESENTATIVE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "asset" in metafunc.fixturenames:
        metafunc.parametrize("asset", chosen(metafunc.config.getoption("--all")))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A copy that publishes nothing, and has no published image to compare with."""
    return copy_catalog(tmp_path_factory.mktemp("fleet"), Workspace(ROOT).asset_names())


def test_its_image_passes_every_check_and_answers_the_lines_of_its_page(
    catalog: Catalog, asset: str, tmp_path: Path
) -> None:
    done = catalog.modelyard("check", asset, "--json")

    assert done.stdout.strip(), done.stderr[-3_000:]
    reports = json.loads(done.stdout)
    assert len(reports) == 1, done.stderr[-3_000:]
    failed = [f"{one['name']}: {one['said']}" for one in reports[0]["checks"] if not one["passed"]]
    assert not failed, "\n".join(failed)
    assert done.returncode == 0
    names = {one["name"] for one in reports[0]["checks"]}
    assert {"ready", "memory", "odd inputs", "licences"} <= names

    image = f"modelyard/{asset}:{tags.of_key(reports[0]['key'])}"
    with serving(image) as address:
        answers = snippets.ask(Workspace(catalog.root), asset, address, tmp_path)
    assert set(answers) == {"curl", "python", "javascript"}
    assert all(answer == answers["curl"] for answer in answers.values())
