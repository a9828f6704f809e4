"""Calls that come together are computed together, and nobody pays for it."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from modelyard.errors import Overloaded
from modelyard.runtimes.batching import Batcher, lanes_for, takes_batches
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec

PATIENCE = 30
FLOAT = np.dtype(np.float32)
OPEN = (TensorSpec("x", (-1, -1), FLOAT),)
ANSWER = (TensorSpec("y", (-1, -1), FLOAT),)
FIXED = (TensorSpec("x", (1, -1), FLOAT),)


def rows(*values: float, width: int = 1, dtype: Any = np.float32) -> Tensors:
    return {"x": np.repeat(np.array(values, dtype)[:, np.newaxis], width, axis=1)}


class Network:
    """Doubles, and fails on what is negative. Once held, it waits in each run until it is told to go on."""

    def __init__(self) -> None:
        self.runs: list[list[float]] = []
        self.threads: list[int] = []
        self._held = False
        self._entered = threading.Semaphore(0)
        self._may_leave = threading.Semaphore(0)

    def __call__(self, tensors: Tensors) -> Tensors:
        x = tensors["x"]
        self.runs.append(x[:, 0].tolist())
        self.threads.append(threading.get_ident())
        if self._held:
            self._entered.release()
            assert self._may_leave.acquire(timeout=PATIENCE)
        if (x < 0).any():
            raise NetworkError("it is negative")
        return {"y": x * 2}

    def hold(self) -> None:
        self._held = True

    def entered(self) -> None:
        """Waits until a run has begun."""
        assert self._entered.acquire(timeout=PATIENCE)

    def go_on(self, runs: int = 1) -> None:
        for _ in range(runs):
            self._may_leave.release()

    def let_go(self) -> None:
        self._held = False
        self.go_on(100)


@pytest.fixture
def network() -> Iterator[Network]:
    found = Network()
    yield found
    found.let_go()


def batcher(network: Callable[[Tensors], Tensors], **changes: Any) -> Batcher:
    """One lane, warm: a first call has been answered."""
    options = {"inputs": OPEN, "outputs": ANSWER, "queue": 32, "lanes": 1, **changes}
    found = Batcher(network, **options)
    found(rows(0))
    if isinstance(network, Network):
        network.runs.clear()
        network.threads.clear()
        network.hold()
    return found


@pytest.fixture
def busy(threads: Any, network: Network) -> Callable[..., tuple[Batcher, Future[Any]]]:
    """A batcher that computes 0 until the network is told to go on."""

    def make(**changes: Any) -> tuple[Batcher, Future[Any]]:
        found = batcher(network, **changes)
        first = threads.start(found, rows(0))
        network.entered()
        return found, first

    return make


def values(future: Future[Any]) -> list[float]:
    found: list[float] = future.result(PATIENCE)["y"][:, 0].tolist()
    return found


def test_a_call_that_comes_alone_runs_at_once_on_its_own_thread(network: Network) -> None:
    alone = batcher(network)
    network.let_go()
    assert alone(rows(3))["y"].tolist() == [[6]]
    assert network.threads == [threading.get_ident()]


def test_calls_that_come_while_the_network_is_busy_are_computed_together(
    threads: Any, busy: Any, network: Network
) -> None:
    calls, first = busy()
    others = [threads.line_up(calls, rows(n)) for n in (1, 2, 3)]
    network.let_go()
    assert [values(one) for one in (first, *others)] == [[0], [2], [4], [6]]
    assert network.runs == [[0], [1, 2, 3]]


def test_items_are_counted_not_calls(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy(most=4)
    others = [threads.line_up(calls, rows(*many)) for many in ((1, 2), (3, 4, 5), (6,), (7,))]
    network.let_go()
    assert [values(one) for one in others] == [[2, 4], [6, 8, 10], [12], [14]]
    # (6) would have fitted behind (1, 2), but it came after (3, 4, 5).
    assert network.runs == [[0], [1, 2], [3, 4, 5, 6], [7]]


def test_a_call_of_more_items_than_a_batch_may_hold_is_computed_in_several(network: Network) -> None:
    calls = batcher(network, most=2)
    network.let_go()
    assert calls(rows(1, 2, 3, 4, 5))["y"][:, 0].tolist() == [2, 4, 6, 8, 10]
    assert network.runs == [[1, 2], [3, 4], [5]]


def test_tensors_of_other_sizes_or_types_are_not_mixed(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy()
    narrow = [threads.line_up(calls, rows(1)), None, None, threads.line_up(calls, rows(2))]
    wide = threads.line_up(calls, rows(3, width=2))
    exact = threads.line_up(calls, rows(4, dtype=np.float64))
    network.let_go()
    assert wide.result(PATIENCE)["y"].shape == (1, 2)
    assert exact.result(PATIENCE)["y"].dtype == np.float64
    assert [values(one) for one in narrow if one] == [[2], [4]]
    assert network.runs == [[0], [1, 2], [3], [4]]


def test_each_group_has_its_turn_in_the_order_of_its_first_arrival(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy(most=2)
    line = [threads.line_up(calls, rows(1)), threads.line_up(calls, rows(2, width=2))]
    line += [threads.line_up(calls, rows(n)) for n in (3, 4, 5)]
    network.go_on()
    network.entered()
    # More of the first group keep coming; the second group is next all the same.
    line += [threads.line_up(calls, rows(6))]
    network.let_go()
    for one in line:
        one.result(PATIENCE)
    assert network.runs == [[0], [1, 3], [2], [4, 5], [6]]


def test_only_the_call_that_is_to_blame_fails(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy()
    good, bad, other = (threads.line_up(calls, rows(n)) for n in (1, -2, 3))
    network.let_go()
    assert values(good) == [2]
    assert values(other) == [6]
    with pytest.raises(NetworkError, match="negative"):
        bad.result(PATIENCE)
    assert network.runs == [[0], [1, -2, 3], [1], [-2], [3]]


def test_each_failing_call_of_a_batch_gets_an_error_of_its_own(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy()
    both = [threads.line_up(calls, rows(n)) for n in (-1, -2)]
    network.let_go()
    first, second = (one.exception(PATIENCE) for one in both)
    assert first is not second


def test_a_failing_call_keeps_nothing_alive(network: Network) -> None:
    calls = batcher(network)
    network.let_go()
    gc.disable()
    try:
        tensors = rows(-1)
        left = weakref.ref(tensors["x"])
        with pytest.raises(NetworkError):
            calls(tensors)
        del tensors
        assert left() is None
    finally:
        gc.enable()


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


def test_a_network_with_a_fixed_batch_axis_gets_its_calls_one_by_one(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy(inputs=FIXED)
    others = [threads.line_up(calls, rows(n)) for n in (1, 2)]
    network.let_go()
    assert [values(one) for one in others] == [[2], [4]]
    assert network.runs == [[0], [1], [2]]


def test_inputs_that_disagree_about_their_length_are_computed_alone(threads: Any) -> None:
    inputs = (*OPEN, TensorSpec("scale", (-1, -1), FLOAT))
    started, go = threading.Event(), threading.Event()

    def scale(tensors: Tensors) -> Tensors:
        started.set()
        assert go.wait(PATIENCE)
        return {"y": tensors["x"] * tensors["scale"]}

    calls = Batcher(scale, inputs, ANSWER, queue=8, lanes=1)
    pair = {**rows(1, 2), "scale": np.full((2, 1), 10, np.float32)}
    first = threads.start(calls, pair)
    assert started.wait(PATIENCE)
    odd = [threads.line_up(calls, {**rows(1, 2), "scale": np.full((1, 1), n, np.float32)}) for n in (3, 5)]
    go.set()
    assert [one.result(PATIENCE)["y"].tolist() for one in (first, *odd)] == [
        [[10], [20]],
        [[3], [6]],
        [[5], [10]],
    ]


class Summing(Network):
    """Answers one row for all, whatever its signature says."""

    def __call__(self, tensors: Tensors) -> Tensors:
        return {"y": super().__call__(tensors)["y"].sum(axis=0, keepdims=True)}


def test_a_network_whose_rows_are_not_answers_is_found_out(threads: Any) -> None:
    network = Summing()
    calls = batcher(network)  # one row in and one row out: nothing suspicious so far
    threads.start(calls, rows(0))
    network.entered()
    others = [threads.line_up(calls, rows(n)) for n in (1, 2)]
    network.let_go()
    assert [values(one) for one in others] == [[2], [4]]
    assert network.runs == [[0], [1, 2], [1], [2]]
    assert calls(rows(*range(50)))["y"].tolist() == [[2 * sum(range(50))]]


def test_a_long_call_of_a_network_that_is_found_out_under_way_is_computed_whole() -> None:
    network = Summing()
    calls = batcher(network, most=2)
    network.let_go()
    assert calls(rows(1, 2, 3))["y"].tolist() == [[12]]


def test_nothing_is_joined_before_a_call_alone_has_borne_the_signature_out(threads: Any, network: Network) -> None:
    calls = Batcher(network, OPEN, ANSWER, queue=8, lanes=1)
    network.hold()
    threads.start(calls, rows(-1))
    network.entered()
    others = [threads.line_up(calls, rows(n)) for n in (1, 2, 3)]
    network.let_go()
    for one in others:
        one.result(PATIENCE)
    assert network.runs == [[-1], [1], [2, 3]]


def test_empty_batches_are_answered(threads: Any, busy: Any, network: Network) -> None:
    calls, _ = busy()
    others = [threads.line_up(calls, rows(*many)) for many in ((1,), (), (2,))]
    network.let_go()
    assert [values(one) for one in others] == [[2], [], [4]]


def test_strings_are_joined(threads: Any) -> None:
    words = (TensorSpec("x", (-1,), np.dtype(object)),)
    started, go = threading.Event(), threading.Event()

    def shout(tensors: Tensors) -> Tensors:
        started.set()
        assert go.wait(PATIENCE)
        return {"y": np.array([one.upper() for one in tensors["x"]], object)}

    calls = Batcher(shout, words, words, queue=8, lanes=1)
    first = threads.start(calls, {"x": np.array([b"a"], object)})
    assert started.wait(PATIENCE)
    others = [threads.line_up(calls, {"x": np.array([one], object)}) for one in (b"b", b"\xffc")]
    go.set()
    assert [one.result(PATIENCE)["y"].tolist() for one in (first, *others)] == [[b"A"], [b"B"], [b"\xffC"]]


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


def test_the_signature_says_whether_a_network_takes_batches() -> None:
    assert takes_batches(OPEN, ANSWER)
    assert not takes_batches(FIXED, ANSWER)
    assert not takes_batches(OPEN, (TensorSpec("y", (), FLOAT),))
    assert not takes_batches((*OPEN, TensorSpec("threshold", (), FLOAT)), ANSWER)
    assert lanes_for(OPEN, ANSWER, threads=16) == 2
    assert [lanes_for(FIXED, ANSWER, threads=n) for n in (1, 4, 64)] == [2, 4, 8]
