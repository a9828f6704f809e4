"""What a start would have taken on a machine that has nothing else to do."""

from __future__ import annotations

import pytest

from modelyard.catalog.checking.contention import Contention


@pytest.mark.parametrize(
    ("contention", "seconds", "expected"),
    [
        (Contention(ran=0.5, waited=0, processor=0.8, cores=2), 1.0, 1.0),
        (Contention(ran=0.4, waited=1.2, processor=0.8, cores=2), 3.3, 0.9),
        (Contention(ran=0.4, waited=1.2, processor=0.1, cores=2), 30.0, 29.7),
        (Contention(ran=0.4, waited=4.0, processor=4.0, cores=2), 5.0, 2.0),
        (Contention(ran=0, waited=0, processor=0, cores=1), 2.0, 2.0),
        (Contention(ran=0.1, waited=9.0, processor=0.5, cores=1), 0.4, 0.4),
    ],
    ids=["quiet", "busy", "it sleeps", "all cores were its own", "nothing known", "never more than it was"],
)
def test_waiting_for_a_core_is_not_the_image_s(contention: Contention, seconds: float, expected: float) -> None:
    assert contention.undisturbed(seconds) == pytest.approx(expected)
