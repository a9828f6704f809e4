"""A refresh with a real engine: an image is built again from a base that is made anew, and takes the tags."""

from __future__ import annotations

import datetime
import json

import pytest

from modelyard.catalog import labels, refresh
from modelyard.catalog.plan import plan
from modelyard.catalog.progress import Progress
from modelyard.catalog.refresh import Refreshing
from modelyard.catalog.registry import Registry
from modelyard.catalog.release import Builder
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.catalog import Refresh
from tests.e2e.conftest import NAME, Catalog

pytestmark = pytest.mark.engine


def test_an_old_image_is_built_again_upon_a_new_base_and_a_plain_plan_says_published(published: Catalog) -> None:
    workspace, registry = Workspace(published.root), Registry(published.prefix)
    before = published.tags()
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40)
    policy = Refresh.model_validate({"max_age": "30d"})
    refreshing = Refreshing(policy, workspace.catalog.python, print, later)
    builder = Builder(workspace, registry, open_cache(), Progress())
    (planned,) = plan(workspace, registry, refreshing=refreshing)

    done = builder.release_one(planned)
    after = published.tags()
    image = registry.manifest(NAME, "latest")
    (now,) = json.loads(published.modelyard("plan", "--json").stdout)["images"]

    assert planned.cause[0].startswith("time: it is from ")
    assert done.outcome == "published"
    tag = refresh.tag(planned.key, refreshing.day)
    assert after["latest"] == after["1.0.0"] == after[tag] == done.digest != before["latest"]
    assert after[f"key-{planned.key}"] == before[f"key-{planned.key}"], "the first image of the key keeps its tag"
    assert now["state"] == "published"
    assert now["digest"] == done.digest
    assert image is not None
    made_of = registry.labels(NAME, image)
    assert made_of[labels.REFRESHED] == refreshing.day
    assert made_of[labels.CAUSE].startswith("time: ")
    assert made_of[labels.BASE].endswith(f"-r{refreshing.day}")
    assert registry.manifest("base", made_of[labels.BASE]) is not None
    assert [one.state for one in plan(workspace, registry, refreshing=refreshing)] == ["published"]
