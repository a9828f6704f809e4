"""Steps run as soon as they may, a few at a time; a failure takes with it what stands upon it, and nothing else."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from graphlib import CycleError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelyard.catalog.building import graph
from modelyard.catalog.building.graph import Done, Failed, Skipped, Step

PATIENCE = 30


class Broken(Exception):
    """What a step of these tests raises."""


@st.composite
def plans(draw: st.DrawFn) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Steps by name, each with those before it that it stands upon, and the names of those that fail."""
    names = [f"step {number}" for number in range(draw(st.integers(0, 12)))]
    after = {
        name: tuple(sorted(draw(st.sets(st.sampled_from(names[:place]), max_size=3)))) if place else ()
        for place, name in enumerate(names)
    }
    return after, draw(st.sets(st.sampled_from(names))) if names else set()


def breaking() -> None:
    raise Broken


def upon(after: dict[str, tuple[str, ...]], name: str) -> set[str]:
    """All that a step stands upon, with others between."""
    found = set(after[name])
    return found.union(*(upon(after, one) for one in found))


@settings(deadline=None)
@given(plan=plans(), at_once=st.integers(1, 4))
def test_what_stands_upon_a_failure_is_skipped_and_all_else_is_done(
    plan: tuple[dict[str, tuple[str, ...]], set[str]], at_once: int
) -> None:
    after, failing = plan
    began: list[str] = []
    lock = threading.Lock()
    running, most = [0], [0]

    def work(name: str) -> str:
        with lock:
            began.append(name)
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1
        return breaking() or name if name in failing else name

    def step(name: str) -> Step[str]:
        return Step(name, lambda: work(name), after[name])

    outcomes = graph.run([step(name) for name in after], at_once=at_once)

    assert list(outcomes) == list(after)
    assert most[0] <= at_once
    for name, outcome in outcomes.items():
        broken = upon(after, name) & failing
        if broken:
            assert isinstance(outcome, Skipped)
            assert outcome.because in broken, "it is named by the step that failed, not by one that was skipped, too"
            assert name not in began
        elif name in failing:
            assert isinstance(outcome, Failed)
            assert isinstance(outcome.error, Broken)
        else:
            assert outcome == Done(name)
            assert all(began.index(one) < began.index(name) for one in after[name])


def test_steps_that_may_run_together_do() -> None:
    meeting = threading.Barrier(2)
    steps = [Step(name, lambda: meeting.wait(PATIENCE)) for name in ("one", "other")]

    assert all(isinstance(outcome, Done) for outcome in graph.run(steps, at_once=2).values())


def test_one_at_a_time_they_run_in_the_order_given() -> None:
    said: list[str] = []
    steps = [Step(name, lambda name=name: said.append(name)) for name in ("c", "a", "b")]  # type: ignore[misc]

    graph.run(steps, at_once=1)

    assert said == ["c", "a", "b"]


def test_what_is_fatal_ends_everything_after_what_runs() -> None:
    said: list[str] = []
    steps = [Step("first", breaking), Step("second", lambda: said.append("second"))]

    with pytest.raises(Broken):
        graph.run(steps, at_once=1, fatal=(Broken,))
    assert said == []


def test_steps_that_wait_for_each_other_are_a_mistake() -> None:
    with pytest.raises(CycleError):
        graph.run([Step("a", breaking, ("b",)), Step("b", breaking, ("a",))], at_once=1)


@pytest.fixture
def interrupted() -> Callable[[Callable[[], Any]], None]:
    """Calls a function that the first alarm interrupts, as Ctrl-C does."""

    def run(work: Callable[[], Any]) -> None:
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(KeyboardInterrupt):
                work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    return run


def test_an_interruption_ends_what_runs_and_begins_nothing_more(interrupted: Callable[..., None]) -> None:
    told, said = threading.Event(), []
    steps = [
        Step("long", lambda: said.append(told.wait(PATIENCE))),
        Step("next", lambda: said.append(True), ("long",)),
    ]

    interrupted(lambda: graph.run(steps, at_once=2, stopping=told.set))

    assert said == [True]


def test_an_interruption_does_not_wait_for_what_never_ends(
    interrupted: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "_GRACE_SECONDS", 0.1)
    never = threading.Event()
    began = time.monotonic()

    interrupted(lambda: graph.run([Step("endless", lambda: never.wait(PATIENCE))], at_once=1))

    assert time.monotonic() - began < PATIENCE
    never.set()
