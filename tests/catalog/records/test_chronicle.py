"""Chronicles: one document an asset, that is never taken for what the registry says unless it is."""

from __future__ import annotations

from typing import cast

import pytest
from tests.catalog.records.memory import MemoryRegistry

from modelyard.catalog.records import chronicle, chronicling
from modelyard.catalog.records.chronicle import Chronicle
from modelyard.catalog.registry import Registry

NAME = "some-model"


@pytest.fixture
def memory() -> MemoryRegistry:
    memory = MemoryRegistry()
    memory.publish(NAME, "1.0.0", "2026-01-01T00:00:00+00:00")
    return memory


def found(memory: MemoryRegistry) -> Chronicle | None:
    """What a reader takes for the word of the registry, without asking for more than a stamp."""
    registry = cast(Registry, memory)
    tag = chronicling.find(chronicling.index(registry), NAME, chronicling.stamp(registry, NAME))
    return chronicling.read(registry, tag) if tag else None


def renew(memory: MemoryRegistry) -> None:
    chronicling.renew(cast(Registry, memory), NAME)


def test_it_says_what_the_registry_says(memory: MemoryRegistry) -> None:
    memory.stop(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    renew(memory)
    told = found(memory)
    assert told is not None
    (image,) = told.images
    assert (image.version, image.verdict, image.measures) == ("1.0.0", "passed", {"image size": 257.0})
    assert image.tags == ["1.0.0-cpu", "latest"]
    assert image.cause == ["code: pipeline.py changed"]
    assert [(layer.size, layer.made_by) for layer in image.layers] == [(1_000, "COPY all of it")]
    assert list(image.documents) == ["report"]
    assert [check.name for check in told.stopped[0].failed] == ["quality accuracy"]


def test_a_report_without_figures_gives_those_that_its_checks_judged(memory: MemoryRegistry) -> None:
    renew(memory)
    told = found(memory)
    assert told is not None
    assert told.images[0].quality is None
    assert told.images[0].figures["accuracy"].value == 0.9


def test_where_none_was_written_none_is_found(memory: MemoryRegistry) -> None:
    assert found(memory) is None


def test_one_of_before_a_release_is_stale(memory: MemoryRegistry) -> None:
    renew(memory)
    memory.publish(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    assert found(memory) is None


def test_one_of_before_a_rollback_is_stale(memory: MemoryRegistry) -> None:
    first = memory.tagged[NAME]["latest"]
    memory.publish(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    renew(memory)
    memory.move(NAME, first, "1.0.0", "2026-01-03T00:00:00+00:00", "rollback")
    assert found(memory) is None


def test_one_of_before_an_image_was_stopped_is_stale(memory: MemoryRegistry) -> None:
    renew(memory)
    memory.stop(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    assert found(memory) is None


def test_tags_that_went_back_and_forth_are_not_taken_for_tags_that_never_moved(memory: MemoryRegistry) -> None:
    first = memory.tagged[NAME]["latest"]
    second = memory.publish(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    renew(memory)
    memory.move(NAME, first, "1.0.0", "2026-01-03T00:00:00+00:00", "rollback")
    renew(memory)
    memory.move(NAME, second, "1.1.0", "2026-01-04T00:00:00+00:00", "release")
    renew(memory)
    told = found(memory)
    assert told is not None
    assert [len(image.moves) for image in told.images] == [2, 2]


def test_of_two_who_write_at_once_the_one_who_saw_less_takes_nothing_away(memory: MemoryRegistry) -> None:
    registry = cast(Registry, memory)
    early = chronicling.gather(registry, NAME, None, chronicling.index(registry))
    memory.publish(NAME, "1.1.0", "2026-01-02T00:00:00+00:00")
    renew(memory)
    chronicling.keep(registry, early)
    told = found(memory)
    assert told is not None
    assert [image.version for image in told.images] == ["1.1.0", "1.0.0"]


def test_one_of_another_form_counts_for_nothing(memory: MemoryRegistry) -> None:
    renew(memory)
    for place in memory.documents_kept:
        memory.documents_kept[place] = b'{"name": "some-model", "images": "many"}'
    assert found(memory) is None
    assert chronicle.parse(b"[" * 100_000) is None
