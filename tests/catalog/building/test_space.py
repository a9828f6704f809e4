"""Room on the disks is looked at before anything is built."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.building import space
from modelyard.errors import ModelyardError

GB = 1e9


@given(
    wanted=st.integers(1, 64),
    bases=st.lists(st.sampled_from(["litert", "tensorflow-cpu", "tensorflow-gpu", "another"]), unique=True),
    images=st.lists(st.floats(1e6, 1e10), max_size=6),
    free=st.floats(0, 1e11),
)
def test_there_is_room_for_all_at_once_for_one_after_the_other_or_a_plain_error(
    wanted: int, bases: list[str], images: list[float], free: float
) -> None:
    needed = sum(map(space.of_base, bases)) + sum(images)
    try:
        found = space.jobs(wanted, bases, images, free, "the disk")
    except ModelyardError:
        assert free < needed
        return
    assert found == (wanted if free >= needed or not (bases or images) else 1)


def test_the_error_says_what_is_missing_where_and_what_to_do() -> None:
    with pytest.raises(
        ModelyardError, match=r"the engine's disk has 3\.0 GB free, and building takes some 20\.0 GB: .*prune"
    ):
        space.jobs(2, ["tensorflow-gpu"], [], 3 * GB, "the engine's disk")
