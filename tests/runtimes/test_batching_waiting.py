"""Who waits for a batch: in a bounded line, until a deadline, and not at all once its client is gone."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from tests.runtimes.batches import ANSWER, OPEN, PATIENCE, Network, batcher, rows, values

from modelyard.errors import Overloaded
from modelyard.runtimes.batching import Batcher
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors


def test_the_line_is_bounded_in_items(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy(queue=3)
    waiting = [threads.line_up(calls, rows(1, 2)), threads.line_up(calls, rows(3))]
    assert calls.waiting == 3
    with pytest.raises(Overloaded, match="3 items wait"):
        calls(rows(4))
    network.let_go()
    assert [values(one) for one in waiting] == [[2, 4], [6]]
    assert calls(rows(4))["y"].tolist() == [[8]]
    assert calls.waiting == 0


def test_a_call_longer_than_the_line_may_wait_alone(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy(queue=1)
    long = threads.line_up(calls, rows(1, 2, 3))
    network.let_go()
    assert values(long) == [2, 4, 6]


def test_where_nobody_may_wait_nobody_does(busy: Any) -> None:
    calls, _ = busy(queue=0)
    with pytest.raises(Overloaded):
        calls(rows(1))


def test_a_call_past_its_deadline_is_not_computed(threads: Any, network: Network, somebody: Any) -> None:
    calls = batcher(network)
    network.let_go()
    late = threads.start(calls, rows(1), caller=somebody(deadline=time.monotonic()).caller)
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    assert calls(rows(2))["y"].tolist() == [[4]]
    assert network.runs == [[2]]


def test_a_deadline_releases_a_call_that_waits(threads: Any, busy: Any, network: Network, somebody: Any) -> None:
    calls, first = busy()
    late = threads.line_up(calls, rows(1), caller=somebody(deadline=time.monotonic() + 0.01).caller)
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    assert not first.done()
    assert calls.waiting == 0
    network.let_go()
    first.result(PATIENCE)
    assert network.runs == [[0]]


def test_a_deadline_releases_a_call_whose_batch_is_being_computed(
    threads: Any, busy: Any, network: Network, somebody: Any
) -> None:
    calls, _ = busy()
    leader = threads.line_up(calls, rows(1))
    late = threads.line_up(calls, rows(2), caller=somebody(deadline=time.monotonic() + 1).caller)
    network.go_on()
    network.entered()
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    assert not leader.done()
    network.let_go()
    assert values(leader) == [2]
    assert network.runs == [[0], [1, 2]]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_caller_who_hung_up_is_not_computed(
    threads: Any, busy: Any, network: Network, somebody: Any, place: int
) -> None:
    calls, _ = busy()
    callers = [somebody() for _ in range(3)]
    waiting = [threads.line_up(calls, rows(n + 1), caller=one.caller) for n, one in enumerate(callers)]
    callers[place].gone.set()
    network.let_go()
    with pytest.raises(Overloaded):
        waiting[place].result(PATIENCE)
    rest = [n for n in range(3) if n != place]
    assert [values(waiting[n]) for n in rest] == [[2 * n + 2] for n in rest]
    assert network.runs == [[0], [n + 1 for n in rest]]


def test_callers_who_hung_up_make_room(threads: Any, busy: Any, network: Network, somebody: Any) -> None:
    calls, _ = busy(queue=1)
    gone = somebody()
    left = threads.line_up(calls, rows(1), caller=gone.caller)
    gone.gone.set()
    next_one = threads.line_up(calls, rows(2))
    with pytest.raises(Overloaded):
        left.result(PATIENCE)
    network.let_go()
    assert values(next_one) == [4]
    assert network.runs == [[0], [2]]


def test_a_call_is_measured_for_its_own_caller(threads: Any, busy: Any, network: Network, somebody: Any) -> None:
    calls, _ = busy()
    callers = [somebody(), somebody()]
    for one, tensors in zip(callers, (rows(1, 2), rows(3)), strict=True):
        threads.line_up(calls, tensors, caller=one.caller)
    network.let_go()
    threads.end()
    for one in callers:
        assert one.seen.keys() == {"queue", "infer", "batch_size"}
        assert one.seen["batch_size"] == 3
        assert one.seen["queue"] >= 0
        assert one.seen["infer"] >= 0


def test_two_lanes_compute_two_batches_at_once(threads: Any, network: Network) -> None:
    calls = batcher(network, lanes=2)
    both = [threads.start(calls, rows(1))]
    network.entered()
    both += [threads.start(calls, rows(2))]
    network.entered()  # before the first one has gone on
    third = threads.line_up(calls, rows(3))
    network.let_go()
    assert [values(one) for one in (*both, third)] == [[2], [4], [6]]


def test_whatever_stops_a_leader_the_others_go_on(threads: Any) -> None:
    started, go = threading.Event(), threading.Event()

    def interrupted(tensors: Tensors) -> Tensors:
        started.set()
        assert go.wait(PATIENCE)
        if (tensors["x"] == 1).any():
            raise KeyboardInterrupt
        return {"y": tensors["x"]}

    calls = Batcher(interrupted, OPEN, ANSWER, queue=8, lanes=1, most=2)
    first = threads.start(calls, rows(0))
    assert started.wait(PATIENCE)
    leader, follower, following = (threads.line_up(calls, rows(n)) for n in (1, 2, 3))
    go.set()
    assert first.result(PATIENCE)["y"].tolist() == [[0]]
    assert isinstance(leader.exception(PATIENCE), KeyboardInterrupt)
    assert isinstance(follower.exception(PATIENCE), Overloaded)
    assert following.result(PATIENCE)["y"].tolist() == [[3]]


def test_sixty_four_threads_come_to_an_end(threads: Any, somebody: Any) -> None:
    def double(tensors: Tensors) -> Tensors:
        if (tensors["x"] < 0).any():
            raise NetworkError("it is negative")
        return {"y": tensors["x"] * 2}

    calls = Batcher(double, OPEN, ANSWER, queue=24, lanes=2, most=8)

    def hammer(seed: int) -> dict[str, int]:
        random = np.random.default_rng(seed)
        seen = {"answered": 0, "refused": 0, "failed": 0}
        for _ in range(100):
            sent = random.integers(-1, 30, size=random.integers(1, 4))
            try:
                got = calls(rows(*sent, width=int(random.integers(1, 3))))["y"][:, 0].tolist()
            except Overloaded:
                seen["refused"] += 1
            except NetworkError:
                assert (sent < 0).any()
                seen["failed"] += 1
            else:
                assert got == (sent * 2).tolist()
                seen["answered"] += 1
        return seen

    hurried = [somebody(deadline=time.monotonic() + 0.001 * n).caller for n in range(16)]
    futures = [threads.start(hammer, n, caller=hurried[n] if n < len(hurried) else None) for n in range(64)]
    total = [future.result(PATIENCE) for future in futures]
    assert sum(sum(one.values()) for one in total) == 6400
    assert all(sum(one[kind] for one in total) for kind in ("answered", "failed", "refused"))
    assert calls.waiting == 0
    assert calls(rows(1))["y"].tolist() == [[2]]
