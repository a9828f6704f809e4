"""Which promise a new version makes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.records.semver import step
from modelyard.errors import ModelyardError

NUMBERS = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("1.2.3", "2.0.0", "major"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.2.3", "patch"),
        ("1.9.0", "1.10.0", "minor"),
        ("2.0.0", "1.9.0", "patch"),
        ("0.1.0", "0.2.0", "major"),
        ("0.9.0", "1.0.0", "major"),
        ("0.1.0", "0.1.1", "patch"),
    ],
)
def test_the_first_number_that_moved_says_it(before: str, after: str, moved: str) -> None:
    assert step(before, after) == moved


@given(NUMBERS, NUMBERS)
def test_no_step_back_promises_anything(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    older, newer = sorted((first, second))
    assert step(".".join(map(str, newer)), ".".join(map(str, older))) == "patch"


@pytest.mark.parametrize("wrong", ["", "1.0", "1.0.0-rc1", "None", "1.0.٣", "1." + "9" * 5000 + ".0"])
def test_what_is_no_version_is_refused(wrong: str) -> None:
    with pytest.raises(ModelyardError, match="is no version"):
        step(wrong, "1.0.0")
