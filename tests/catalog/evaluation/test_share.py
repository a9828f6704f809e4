"""How much of the cores a thread has had."""

from __future__ import annotations

import pytest

from modelyard.catalog.evaluation.share import Share


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Share(), Share(2.0, 6.0), 0.25),
        (Share(1.0, 5.0), Share(2.0, 6.0), 0.5),
        (Share(1.0, 0.0), Share(9.0, 0.0), 1.0),
        (Share(), Share(), 1.0),
    ],
    ids=["busy", "busy since then", "quiet", "nothing known"],
)
def test_a_thread_has_a_share_of_the_cores(before: Share, after: Share, expected: float) -> None:
    assert after.since(before) == expected
