"""Documents beside images, in a real registry that several builders write to."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.catalog.registry.servers import RealRegistry, running

from modelyard.catalog.registry import Manifest, Registry

pytestmark = pytest.mark.engine
KIND = "application/vnd.example.note"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegistry]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def catalog(real: RealRegistry) -> Registry:
    return Registry(f"{real.address}/x-{uuid.uuid4().hex[:8]}")


def subject(catalog: Registry) -> Manifest:
    catalog.keep("thing", "image", "text/plain", uuid.uuid4().bytes)
    found = catalog.manifest("thing", "image")
    assert found is not None
    return found


def test_the_newest_document_counts_whatever_the_order_of_writing(catalog: Registry) -> None:
    image = subject(catalog)
    for day in (2, 3, 1):
        catalog.attach("thing", image, KIND, str(day).encode(), created=f"2026-01-0{day}T00:00:00+00:00")
    assert catalog.document("thing", image.digest, KIND) == b"3"
    assert catalog.documents("thing", image.digest, KIND) == [b"1", b"2", b"3"]
    assert catalog.document("thing", image.digest, "text/other") is None


def test_builders_that_attach_at_once_lose_nothing(catalog: Registry) -> None:
    image = subject(catalog)

    def attach(number: int) -> str:
        own = Registry(catalog.prefix)
        return own.attach("thing", image, KIND, str(number).encode(), created=f"2026-01-01T00:00:0{number}+00:00")

    with ThreadPoolExecutor(4) as builders:
        digests = set(builders.map(attach, range(4)))
    assert {one["digest"] for one in catalog.attached("thing", image.digest)} == digests


def test_attaching_the_same_again_changes_nothing(catalog: Registry) -> None:
    image = subject(catalog)
    made = [catalog.attach("thing", image, KIND, b"1", created="2026-01-01T00:00:00+00:00") for _ in range(2)]
    assert len(set(made)) == 1
    assert len(catalog.attached("thing", image.digest)) == 1


def test_annotations_are_read_without_the_document(catalog: Registry) -> None:
    catalog.keep("thing", "one", KIND, b"hello", {"org.example.colour": "green"})
    assert catalog.annotations("thing", "one") == {"org.example.colour": "green"}
    assert catalog.annotations("thing", "image-that-is-not-there") is None
    manifest = catalog.manifest("thing", "one")
    assert manifest is not None
    assert json.loads(manifest.content)["artifactType"] == KIND
