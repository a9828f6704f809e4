"""`train:` gives what a training put into the catalog's registry, and no other bytes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.catalog.registry.servers import RealRegistry, free_address, running

from modelyard.catalog.registry import Registry
from modelyard.catalog.weights.sources import SourceContext
from modelyard.catalog.weights.sources.train import download, probe, repository
from modelyard.errors import ModelyardError

pytestmark = pytest.mark.engine
KEY = "0f" * 16
WEIGHTS = b"weights" * 100_000
WORDS = b"a\nb\n"
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def registry(real: RealRegistry) -> Registry:
    return Registry(f"{real.address}/test-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def context(registry: Registry, tmp_path: Path) -> SourceContext:
    """An asset of a catalog that publishes to that registry."""
    (tmp_path / "catalog.yaml").write_text(f"title: Test\nregistry: {registry.prefix}\npython: python:3.13\n")
    (tmp_path / "assets/words").mkdir(parents=True)
    return SourceContext(tmp_path / "assets/words", lambda _done, _total: None)


@pytest.fixture
def kept(registry: Registry) -> Registry:
    registry.keep_files(repository("words"), KEY, "application/x", {"net": WEIGHTS, "vocabulary.txt": WORDS})
    return registry


def test_the_file_with_the_digest_is_taken_of_all_that_were_made(
    kept: Registry, folder: Path, context: SourceContext
) -> None:
    seen: list[int] = []
    watched = SourceContext(context.asset, lambda done, _: seen.append(done))

    file = download(f"words@{KEY}", SHA256, folder, watched)

    assert (file.name, file.read_bytes()) == ("net", WEIGHTS)
    assert seen == sorted(seen)
    assert seen[-1] == len(WEIGHTS)
    assert kept.kept_files(repository("words"), KEY) == {
        "net": f"sha256:{SHA256}",
        "vocabulary.txt": f"sha256:{hashlib.sha256(WORDS).hexdigest()}",
    }
    assert probe(f"words@{KEY}", SHA256, folder, context).state == "ok"


def test_what_nobody_trained_is_gone(registry: Registry, folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match=rf"trained/words has no {KEY}: modelyard train words"):
        download(f"words@{KEY}", SHA256, folder, context)
    assert probe(f"words@{KEY}", SHA256, folder, context).state == "gone"


def test_what_was_trained_again_meanwhile_is_told(kept: Registry, folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="trained again and has other files now"):
        download(f"words@{KEY}", "0" * 64, folder, context)
    assert probe(f"words@{KEY}", "0" * 64, folder, context).state == "changed"


@pytest.mark.parametrize("reference", ["words@untrained", "words", f"../words@{KEY}", f"Words@{KEY}", f"words@{KEY}0"])
def test_what_names_no_training_is_told(reference: str, folder: Path, context: SourceContext) -> None:
    with pytest.raises(ModelyardError, match="names no training yet"):
        download(reference, SHA256, folder, context)


def test_a_registry_that_is_down_is_out_of_reach(folder: Path, context: SourceContext) -> None:
    (context.asset.parents[1] / "catalog.yaml").write_text(
        f"title: T\nregistry: {free_address()}/x\npython: python:3\n"
    )

    assert probe(f"words@{KEY}", SHA256, folder, context).state == "unreachable"
