"""`memory`: what a container holds, and not what the kernel keeps for everybody."""

from __future__ import annotations

import pytest

from modelyard.catalog.checks.memory import resident


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        ({"usage": 200, "stats": {"total_inactive_file": 80, "inactive_file": 70}}, 120),
        ({"usage": 200, "stats": {"inactive_file": 70}}, 130),
        ({"usage": 200, "stats": {"total_inactive_file": 20, "total_active_file": 70, "total_mapped_file": 30}}, 140),
        ({"usage": 200, "stats": {"inactive_file": 20, "active_file": 70, "file_mapped": 30}}, 140),
        ({"usage": 200, "stats": {"active_file": 10, "file_mapped": 30}}, 200),
        ({"usage": 200}, 200),
        ({"usage": 50, "stats": {"inactive_file": 70}}, 0),
        ({}, 0),
    ],
    ids=[
        "control groups 1",
        "control groups 2",
        "mapped files, 1",
        "mapped files, 2",
        "more is mapped than is on the lists",
        "no details",
        "counted a moment apart",
        "nothing",
    ],
)
def test_files_that_were_only_read_are_not_the_container_s(stats: dict[str, object], expected: int) -> None:
    assert resident(stats) == expected
