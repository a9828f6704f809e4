"""Every asset of the catalog on this machine, without a container: its samples, and odd inputs of its kind.

The slowest, whose every answer takes seconds, only with `--all`: a release asks them the same of their images.

One process of a server an asset. What it needs is kept in the cache: packages, weights, networks in the runtime's form.
"""

from __future__ import annotations

import pytest

from modelyard.catalog.authoring import testing
from modelyard.catalog.local import Local
from modelyard.catalog.progress import Progress
from modelyard.catalog.weights.cache import open_cache
from modelyard.catalog.workspace import Workspace
from tests.docs.blocks import ROOT

WORKSPACE = Workspace(ROOT)
SLOWEST = {"brain-extractor", "low-light-enhancer"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every = metafunc.config.getoption("--all")
    metafunc.parametrize("name", [one for one in WORKSPACE.asset_names() if every or one not in SLOWEST])


@pytest.mark.network
def test_it_answers_its_samples_and_odd_inputs_as_it_must(name: str) -> None:
    local = Local(WORKSPACE, open_cache(), Progress())

    tested = testing.test(local, WORKSPACE.asset(name), "cpu", odd_seconds=None)

    failed = [one for one in (*tested.samples, *tested.odd.results) if not one.passed]
    assert not failed, "\n".join(f"{one.name}: {one.said}" for one in failed)
    assert len(tested.samples) >= 3
    assert len(tested.odd.results) > 10
