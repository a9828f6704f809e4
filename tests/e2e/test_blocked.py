"""What is wrong with an image keeps it from users, and what was cut off is finished: with a small model."""

from __future__ import annotations

import json

import pytest

from modelyard.catalog.building import transfer
from modelyard.catalog.planning.plan import plan
from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from tests.e2e.conftest import Catalog
from tests.e2e.tiny import TINY, change, tiny_catalog

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog whose one model is published."""
    catalog = tiny_catalog(tmp_path_factory.mktemp("blocked"))
    done = catalog.modelyard("release")
    assert done.returncode == 0, done.stderr
    return catalog


def edit(catalog: Catalog, before: str, after: str) -> None:
    pipeline = catalog.root / "assets" / TINY / "pipeline.py"
    text = pipeline.read_text("utf-8")
    assert before in text
    pipeline.write_text(text.replace(before, after), "utf-8")


def test_a_broken_pipeline_is_not_published_and_the_sample_is_shown(catalog: Catalog) -> None:
    before = catalog.tags(TINY)
    edit(catalog, ">= self.least", "< self.least")
    try:
        done = catalog.modelyard("release")
    finally:
        edit(catalog, "< self.least", ">= self.least")

    assert done.returncode == 1
    assert catalog.tags(TINY) == before, "yesterday's image stays"
    failed = [line for line in done.stderr.splitlines() if "FAILED sample" in line]
    assert failed
    assert "expected" in failed[0]
    assert "got" in failed[0]
    assert "Traceback" not in done.stderr


def test_what_failed_is_not_tried_again_until_it_changes(catalog: Catalog) -> None:
    edit(catalog, ">= self.least", "< self.least")
    try:
        (planned,) = json.loads(catalog.modelyard("plan", "--json").stdout)["images"]
        done = catalog.modelyard("release", DOCKER_HOST="unix:///nonexistent.sock")
    finally:
        edit(catalog, "< self.least", ">= self.least")

    assert planned["state"] == "quarantined"
    assert planned["failed"]
    assert done.returncode == 1
    assert "quarantined" in done.stdout
    assert "FAILED sample" in done.stderr


def test_a_pipeline_that_raises_is_blocked_with_its_own_words(catalog: Catalog) -> None:
    before = catalog.tags(TINY)
    edit(catalog, "return Segmentation(", "raise RuntimeError('lost my classes')\n        return Segmentation(")
    try:
        done = catalog.modelyard("release")
    finally:
        edit(catalog, "raise RuntimeError('lost my classes')\n        return Segmentation(", "return Segmentation(")

    assert done.returncode == 1
    assert "lost my classes" in done.stderr
    assert "blocked" in done.stdout
    assert catalog.tags(TINY) == before


def test_an_interrupted_release_is_finished_by_the_next(catalog: Catalog) -> None:
    """A builder that dies between the push of an image and its report leaves an image that no user is led to."""
    before = catalog.tags(TINY)
    change(catalog, 1)
    workspace = Workspace(catalog.root)
    registry = Registry(catalog.prefix)
    builder = Builder(workspace, registry, open_cache(), Progress())
    (planned,) = plan(workspace, registry)
    transfer.push(builder.client, registry, planned, builder.build(planned), builder.progress)
    assert catalog.tags(TINY)["latest"] == before["latest"]

    done = catalog.modelyard("release")

    assert done.returncode == 0, done.stderr
    assert "finished" in done.stdout
    assert f"build {TINY}" not in done.stderr
    after = catalog.tags(TINY)
    assert after["latest"] == after["1.0.0"] == after[planned.key_tag] != before["latest"]
