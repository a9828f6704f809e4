"""What a changed API asks of the version."""

from __future__ import annotations

import pytest

from modelyard.catalog.checking.openapi import Change
from modelyard.catalog.checks.api import judged

GONE = Change("POST /model/predict, parameter top", "is gone", True)
NEW = Change("GET /model/size", "is new", False)


@pytest.mark.parametrize(
    ("changes", "after", "passed", "said"),
    [
        ([], "1.2.4", True, "as that of the published 1.2.3"),
        ([GONE], "1.3.0", False, "POST /model/predict, parameter top: is gone: needs a major version after 1.2.3"),
        ([GONE], "2.0.0", True, "POST /model/predict, parameter top: is gone: for a major version after 1.2.3"),
        ([NEW], "1.2.4", True, "GET /model/size: is new: calls for a minor version after 1.2.3"),
        ([NEW], "1.3.0", True, "GET /model/size: is new: for a minor version after 1.2.3"),
        ([GONE, NEW], "1.3.0", False, "POST /model/predict, parameter top: is gone: needs a major version after 1.2.3"),
    ],
)
def test_the_version_moves_as_far_as_the_api_does(changes: list[Change], after: str, passed: bool, said: str) -> None:
    checked = judged(changes, "1.2.3", after)
    assert (checked.passed, checked.said) == (passed, said)


def test_of_many_changes_the_first_few_are_shown_and_the_others_counted() -> None:
    checked = judged([Change(f"GET /{number}", "is gone", True) for number in range(9)], "1.0.0", "1.0.0")
    assert "GET /3: is gone; and 5 more: needs a major version" in checked.said
    assert checked.measures == {"breaking": 9.0, "other": 0.0}
