"""How fast two models answer, in one run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from modelyard.catalog.evaluation.item import Item
from modelyard.catalog.evaluation.speed import MOST, side_by_side

Send = Callable[[bytes, Mapping[str, str]], tuple[int, bytes]]


def test_two_models_take_turns_and_get_the_same_items() -> None:
    asked: list[tuple[str, bytes]] = []
    lock = threading.Lock()

    def road(name: str) -> Send:
        def send(data: bytes, parameters: Mapping[str, str]) -> tuple[int, bytes]:
            with lock:
                asked.append((name, data))
            return 200, b"{}"

        return send

    items = [Item(f"{number}", f"{number}".encode(), None) for number in range(MOST + 20)]
    found = side_by_side({"new": road("new"), "old": road("old")}, items, 2)
    assert found["new"].n == found["old"].n == MOST, "a hundred are enough"
    assert 0 < found["new"].p50 <= found["new"].p95
    assert found["old"].throughput > 0
    for name in ("new", "old"):
        assert sorted(data for who, data in asked if who == name) == sorted(data for who, data in asked if who != name)
    in_turns = [name for name, _ in asked[2 : 2 + 2 * MOST]]
    assert all({*in_turns[at : at + 2]} == {"new", "old"} for at in range(0, len(in_turns), 2))
    assert in_turns[:4] == ["old", "new", "new", "old"], "and neither is always the second"
