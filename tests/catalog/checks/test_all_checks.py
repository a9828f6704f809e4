"""What holds for every check."""

from __future__ import annotations

import pytest

from modelyard.catalog.checking import check
from modelyard.errors import ModelyardError


@pytest.mark.parametrize("name", check.check_names())
def test_a_check_says_what_it_holds_images_to_and_what_it_costs(name: str) -> None:
    found = check.find(name)
    assert found.help.split("\n")[0].endswith("."), "the first line says what is held to"
    assert 0 <= found.cost <= check.DEAREST


def test_the_first_check_that_needs_a_container_is_whether_it_becomes_ready() -> None:
    costs = sorted((found.cost, found.name) for found in map(check.find, check.check_names()))
    assert [name for cost, name in costs if cost == 1] == [check.FIRST]


def test_a_check_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(ModelyardError, match="hygiene, image-size"):
        check.find("hygene")
