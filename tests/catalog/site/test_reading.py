"""The registry is asked again about what may have changed, and about nothing else."""

from __future__ import annotations

from tests.catalog.records.memory import MemoryRegistry
from tests.catalog.site import made

from modelyard.catalog.records.chronicling import Index
from modelyard.catalog.site import reading
from modelyard.catalog.site.writing import Asked, Remembered

ASKED = Asked(stamp="a" * 20, seen="b" * 20, at=1_000.0)
THERE = frozenset({"some-model"})


def remembered(asked: Asked = ASKED) -> dict[str, Remembered]:
    listed = made.compose(MemoryRegistry(), "some-model", made.described("Some Model"))[1].listed
    return {"some-model": Remembered(inputs="", files={}, listed=listed, changes=[], labels="", asked=asked)}


def index(seen: str = "b" * 20) -> Index:
    return Index(tags={("some-model", "a" * 20): "a tag"}, seen={"some-model": seen})


def known(index: Index, there: frozenset[str] | None = THERE, now: float = 1_060.0) -> dict[str, Asked]:
    return reading.known(remembered(), ["some-model", "new-model"], index, there, now)


def test_what_has_the_chronicles_that_it_had_is_as_it_was() -> None:
    assert known(index()) == {"some-model": ASKED}
    assert known(index(), there=None) == {"some-model": ASKED}


def test_another_chronicle_is_a_change() -> None:
    assert not known(index("c" * 20))


def test_what_has_no_chronicle_of_its_state_is_asked_about() -> None:
    assert not known(Index(seen={"some-model": "b" * 20}))


def test_after_a_while_all_are_asked_about_and_so_they_are_where_a_clock_was_turned_back() -> None:
    assert not known(index(), now=1_000.0 + 3_601)
    assert not known(index(), now=999.0)


def test_what_the_registry_lost_is_asked_about() -> None:
    assert not known(index(), there=frozenset())
