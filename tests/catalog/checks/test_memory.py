"""`memory`: what a container holds, and not what the kernel keeps for everybody."""

from __future__ import annotations

import pytest

from modelyard.catalog.checks.memory import resident


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        ({"usage": 200, "stats": {"total_inactive_file": 80, "inactive_file": 70}}, 120),
        ({"usage": 200, "stats": {"inactive_file": 70}}, 130),
        ({"usage": 200}, 200),
        ({"usage": 50, "stats": {"inactive_file": 70}}, 0),
        ({}, 0),
    ],
    ids=["control groups 1", "control groups 2", "no details", "counted a moment apart", "nothing"],
)
def test_files_that_were_read_once_are_not_the_container_s(stats: dict[str, object], expected: int) -> None:
    assert resident(stats) == expected
