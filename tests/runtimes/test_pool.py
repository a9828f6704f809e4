"""Workers are lent to whoever came first: all cores to one, one core each to many."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.errors import Overloaded
from modelyard.runtimes.litert import rungs
from modelyard.runtimes.pool import Pool

PATIENCE = 30
LADDER = [["all"], ["half 1", "half 2"], ["core 1", "core 2", "core 3", "core 4"]]


class Desk:
    """Borrows workers and keeps each until it is told to bring it back."""

    def __init__(self, threads: Any, pool: Pool[str]) -> None:
        self.pool = pool
        self.order: list[Any] = []
        self.threads_of: dict[Any, int] = {}
        self._threads = threads
        self._ends: dict[Any, threading.Event] = {}
        self._begun: dict[Any, threading.Event] = {}

    def borrow(self, name: Any, suits: Callable[[str], bool] = lambda worker: False) -> str:
        def work(worker: str) -> str:
            self.order.append(name)
            self.threads_of[name] = threading.get_ident()
            self._begun[name].set()
            assert self._ends[name].wait(PATIENCE)
            return worker

        return self.pool.run(work, suits)

    def _begin(self, how: Callable[..., Future[str]], name: Any, *rest: Any, **caller: Any) -> Future[str]:
        self._ends[name], self._begun[name] = threading.Event(), threading.Event()
        return how(self.borrow, name, *rest, **caller)

    def get(self, name: Any, *rest: Any, **caller: Any) -> Future[str]:
        """Somebody who gets a worker at once."""
        future = self._begin(self._threads.start, name, *rest, **caller)
        self.has_one(name)
        return future

    def queue(self, name: Any, *rest: Any, **caller: Any) -> Future[str]:
        """Somebody who must wait."""
        return self._begin(self._threads.line_up, name, *rest, **caller)

    def has_one(self, name: Any) -> None:
        assert self._begun[name].wait(PATIENCE)

    def bring_back(self, *names: Any) -> None:
        for name in names or self._ends:
            self._ends[name].set()


@pytest.fixture
def desk(threads: Any) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def make(ladder: Any = LADDER, queue: int = 32) -> Desk:
        opened.append(Desk(threads, Pool(ladder, queue)))
        return opened[-1]

    yield make
    for one in opened:
        one.bring_back()


def test_a_call_that_comes_alone_gets_all_cores(desk: Any) -> None:
    some = desk()
    for name in "abc":
        call = some.get(name)
        some.bring_back(name)
        assert call.result(PATIENCE) == "all"


def test_calls_that_come_together_share_the_cores(desk: Any) -> None:
    some = desk()
    calls = [some.get(n) for n in range(4)]
    some.bring_back()
    widths = [call.result(PATIENCE).split()[0] for call in calls]
    assert widths == ["all", "half", "core", "core"]


def test_under_load_everybody_gets_one_core(desk: Any) -> None:
    some = desk()
    first = [some.get(n) for n in range(4)]
    rest = [some.queue(n) for n in range(4, 12)]
    for n in range(8):
        some.bring_back(n)
        some.has_one(n + 4)
    some.bring_back()
    assert {call.result(PATIENCE).split()[0] for call in first} == {"all", "half", "core"}
    assert [call.result(PATIENCE).split()[0] for call in rest] == ["core"] * 8


def test_who_came_first_is_served_first(desk: Any) -> None:
    some = desk([["only"]])
    some.get(0)
    for n in range(1, 6):
        some.queue(n)
    for n in range(6):
        some.has_one(n)
        some.bring_back(n)
    assert some.order == [0, 1, 2, 3, 4, 5]


def test_of_several_a_worker_that_suits_is_lent(desk: Any) -> None:
    some = desk()
    some.get("a"), some.get("b")
    call = some.get("c", lambda worker: worker == "core 2")
    some.bring_back()
    assert call.result(PATIENCE) == "core 2"


def test_the_line_is_bounded(desk: Any) -> None:
    some = desk([["only"]], queue=2)
    some.get(0)
    waiting = [some.queue(1), some.queue(2)]
    assert some.pool.waiting == 2
    with pytest.raises(Overloaded, match="2 items wait"):
        some.pool.run(str, bool)
    some.bring_back()
    assert [call.result(PATIENCE) for call in waiting] == ["only", "only"]
    assert some.pool.waiting == 0


def test_a_worker_comes_back_from_a_call_that_fails(desk: Any) -> None:
    some = desk([["only"]], queue=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            some.pool.run(lambda worker: 1 / 0, bool)
    call = some.get("later")
    some.bring_back()
    assert call.result(PATIENCE) == "only"


def test_a_deadline_releases_a_call_that_waits(desk: Any, somebody: Any) -> None:
    some = desk([["only"]])
    first = some.get(0)
    late = some.queue(1, caller=somebody(deadline=time.monotonic() + 0.01).caller)
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    assert not first.done()
    assert some.pool.waiting == 0
    some.bring_back()
    assert some.order == [0]


def test_a_deadline_releases_a_call_that_waited_while_it_is_computed(desk: Any, somebody: Any) -> None:
    some = desk([["only"]])
    some.get(0)
    late = some.queue(1, caller=somebody(deadline=time.monotonic() + 0.3).caller)
    some.bring_back(0)
    some.has_one(1)
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    after = some.queue(2)
    some.bring_back()
    assert after.result(PATIENCE) == "only", "the worker is back"


def test_what_need_not_wait_is_computed_on_its_own_thread(desk: Any) -> None:
    some = desk([["only"]])
    some.bring_back()
    assert some.pool.run(lambda worker: threading.get_ident(), bool) == threading.get_ident()


def test_what_waits_is_computed_by_one_thread_that_goes_on(desk: Any) -> None:
    some = desk([["only"]])
    some.get(0)
    calls = [some.queue(n) for n in range(1, 5)]
    some.bring_back()
    assert [call.result(PATIENCE) for call in calls] == ["only"] * 4
    assert len({some.threads_of[n] for n in range(1, 5)}) == 1


def test_an_error_reaches_the_one_who_waited(desk: Any, threads: Any) -> None:
    some = desk([["only"]])
    some.get(0)
    failing = threads.line_up(some.pool.run, lambda worker: 1 / 0, bool)
    other = some.queue(1)
    some.bring_back()
    with pytest.raises(ZeroDivisionError):
        failing.result(PATIENCE)
    assert other.result(PATIENCE) == "only"


def test_a_call_past_its_deadline_gets_no_worker(desk: Any, threads: Any, somebody: Any) -> None:
    some = desk([["only"]])
    late = threads.start(some.borrow, 0, caller=somebody(deadline=time.monotonic()).caller)
    with pytest.raises(Overloaded, match="deadline"):
        late.result(PATIENCE)
    some.get(1)
    assert some.order == [1]


def test_a_caller_who_hung_up_passes_the_turn_on(desk: Any, somebody: Any) -> None:
    some = desk([["only"]])
    some.get(0)
    gone = somebody()
    left, other = some.queue(1, caller=gone.caller), some.queue(2)
    gone.gone.set()
    some.bring_back()
    with pytest.raises(Overloaded):
        left.result(PATIENCE)
    assert other.result(PATIENCE) == "only"
    assert some.order == [0, 2]


def test_callers_who_hung_up_make_room(desk: Any, somebody: Any) -> None:
    some = desk([["only"]], queue=1)
    first = some.get(0)
    gone = somebody()
    left = some.queue(1, caller=gone.caller)
    gone.gone.set()
    other = some.queue(2)
    with pytest.raises(Overloaded):
        left.result(PATIENCE)
    assert not first.done()
    some.bring_back()
    assert other.result(PATIENCE) == "only"


def test_sixty_four_threads_come_to_an_end(threads: Any, somebody: Any) -> None:
    pool = Pool([[["all"]], [["one"], ["two"]]], queue=40)  # lists, because a lender must not compare workers
    lent: set[int] = set()
    mutex = threading.Lock()

    def hammer(seed: int) -> int:
        random = np.random.default_rng(seed)
        chance = iter(random.random(1000).tolist())
        served = 0

        def work(worker: Any) -> None:
            with mutex:
                assert id(worker) not in lent, "it is lent twice"
                lent.add(id(worker))
                assert len(lent) <= 2
            with mutex:
                lent.remove(id(worker))
            if next(chance) < 0.1:
                raise ZeroDivisionError

        for _ in range(100):
            try:
                pool.run(work, lambda worker: next(chance) < 0.5)
                served += 1
            except (Overloaded, ZeroDivisionError):
                pass
        return served

    hurried = [somebody(deadline=time.monotonic() + 0.001 * n).caller for n in range(16)]
    futures = [threads.start(hammer, n, caller=hurried[n] if n < len(hurried) else None) for n in range(64)]
    assert sum(future.result(PATIENCE) for future in futures) > 1000
    assert pool.waiting == 0
    assert pool.run(lambda worker: worker, bool) == ["all"]


@pytest.mark.parametrize(
    ("threads_", "ladder"),
    [
        (1, [(1, 1)]),
        (2, [(1, 2), (2, 1)]),
        (3, [(1, 3), (3, 1)]),
        (4, [(1, 4), (2, 2), (4, 1)]),
        (8, [(1, 8), (2, 4), (4, 2), (8, 1)]),
        (12, [(1, 12), (2, 6), (4, 3), (6, 2)]),
        (64, [(1, 64), (2, 32), (4, 16), (8, 8)]),
    ],
)
def test_the_ladder_of_a_machine(threads_: int, ladder: list[tuple[int, int]]) -> None:
    assert rungs(threads_) == ladder


@given(st.integers(1, 1024))
def test_no_rung_takes_more_cores_than_there_are(threads: int) -> None:
    ladder = rungs(threads)
    assert all(count * width <= threads for count, width in ladder)
    assert ladder[0][0] == 1
    assert [count for count, _ in ladder] == sorted({count for count, _ in ladder})
    assert sum(count for count, _ in ladder) <= 15
