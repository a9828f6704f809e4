"""A refresh with a real engine: an image is built again from a base that is made anew, and takes the tags."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from modelyard.catalog import labels
from modelyard.catalog.planning import refresh
from modelyard.catalog.planning.plan import plan
from modelyard.catalog.planning.refresh import Refreshing
from modelyard.catalog.progress import Progress
from modelyard.catalog.publishing.builder import Builder
from modelyard.catalog.publishing.release import release_one
from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from modelyard.manifest.catalog import Refresh
from tests.e2e.conftest import Catalog
from tests.e2e.tiny import TINY, tiny_catalog

pytestmark = pytest.mark.engine


@pytest.fixture
def published(tmp_path: Path) -> Catalog:
    catalog = tiny_catalog(tmp_path)
    done = catalog.modelyard("release")
    assert done.returncode == 0, done.stderr
    return catalog


def test_an_old_image_is_built_again_upon_a_new_base_and_remembered_even_where_nothing_is_new(
    published: Catalog,
) -> None:
    workspace, registry = Workspace(published.root), Registry(published.prefix)
    before = published.tags(TINY)
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=40)
    policy = Refresh.model_validate({"max_age": "30d"})
    refreshing = Refreshing(policy, workspace.catalog.python, print, later)
    builder = Builder(workspace, registry, open_cache(), Progress())
    (planned,) = plan(workspace, registry, refreshing=refreshing)

    done = release_one(builder, planned)
    after = published.tags(TINY)
    built = builder.client.images.get(f"modelyard/{TINY}:{planned.key_tag}")
    (now,) = json.loads(published.modelyard("plan", "--json").stdout)["images"]

    assert planned.cause[0].startswith("time: it is from ")
    assert built.labels[labels.REFRESHED] == refreshing.day
    assert built.labels[labels.CAUSE].startswith("time: ")
    assert built.labels[labels.BASE].endswith(f"-r{refreshing.day}")
    # Whether Debian or Python had news since the last test is not ours to say; users get another image only then.
    assert done.outcome in {"quiet", "published"}
    assert (after["latest"] == before["latest"]) == (done.outcome == "quiet")
    assert after["latest"] == after["1.0.0"] == after[refresh.tag(planned.key, refreshing.day)] == done.digest
    assert after[f"key-{planned.key}"] == before[f"key-{planned.key}"], "the first image of the key keeps its tag"
    assert (now["state"], now["digest"]) == ("published", done.digest)
    assert [one.state for one in plan(workspace, registry, refreshing=refreshing)] == ["published"]
