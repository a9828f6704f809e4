"""Steps that wait for one another, several at a time: one that fails takes with it those upon it, and no others."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Generic, TypeVar

T = TypeVar("T")

_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Step(Generic[T]):
    """Something to do.

    Attributes:
        name: What messages call it; no two steps share one.
        work: Does it.
        after: Names of the steps that must have gone well before.
    """

    name: str
    work: Callable[[], T]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done(Generic[T]):
    """A step went well."""

    result: T


@dataclass(frozen=True)
class Failed:
    """A step raised."""

    error: Exception


@dataclass(frozen=True)
class Skipped:
    """A step was never begun, because another one failed that it stands upon, perhaps with others between."""

    because: str


Outcome = Done[T] | Failed | Skipped


def run(
    steps: Sequence[Step[T]],
    *,
    at_once: int,
    fatal: tuple[type[Exception], ...] = (),
    stopping: Callable[[], None] = lambda: None,
) -> Mapping[str, Outcome[T]]:
    """Does all steps, each as soon as those are done that it stands upon, in the order given where there is a choice.

    Args:
        steps: What to do.
        at_once: Steps that may run at a time.
        fatal: What stops everything when a step raises it: nothing more is begun, what runs goes on to its end.
        stopping: Called when the caller is interrupted, to make what runs end soon; it is given some seconds.

    Returns:
        What became of each step, by name, in the order given.

    Raises:
        graphlib.CycleError: Steps wait for one another in a circle.
        KeyError: A step waits for one that isn't there.
        Exception: What is fatal.
    """
    named = {step.name: step for step in steps}
    order = {step.name: place for place, step in enumerate(steps)}
    sorter = TopologicalSorter({step.name: [named[name].name for name in step.after] for step in steps})
    sorter.prepare()
    finished: queue.SimpleQueue[tuple[str, Outcome[T]]] = queue.SimpleQueue()
    outcomes: dict[str, Outcome[T]] = {}
    waiting: list[str] = []
    running: set[str] = set()
    stop: Exception | None = None
    try:
        while sorter.is_active():
            waiting = sorted((*waiting, *sorter.get_ready()), key=order.__getitem__)
            while waiting and len(running) < at_once and stop is None:
                step = named[waiting.pop(0)]
                if because := _broken(step, outcomes):
                    outcomes[step.name] = Skipped(because)
                    sorter.done(step.name)
                    waiting = sorted((*waiting, *sorter.get_ready()), key=order.__getitem__)
                else:
                    running.add(step.name)
                    _begin(step, finished)
            if running:
                name, outcome = finished.get()
                running.remove(name)
                outcomes[name] = outcome
                if isinstance(outcome, Failed) and isinstance(outcome.error, fatal):
                    stop = stop or outcome.error
                sorter.done(name)
            elif stop is not None:
                raise stop
    except (KeyboardInterrupt, SystemExit):
        stopping()
        _wait(finished, running)
        raise
    return {name: outcomes[name] for name in named}


def _begin(step: Step[T], finished: queue.SimpleQueue[tuple[str, Outcome[T]]]) -> None:
    def work() -> None:
        try:
            finished.put((step.name, Done(step.work())))
        except Exception as error:
            finished.put((step.name, Failed(error)))

    # A step that doesn't end must not keep an interrupted process alive.
    threading.Thread(target=work, name=step.name, daemon=True).start()


def _broken(step: Step[T], outcomes: Mapping[str, Outcome[T]]) -> str | None:
    """The step that failed, of those that this one stands upon; the first of them, however far below."""
    for name in step.after:
        outcome = outcomes[name]
        if isinstance(outcome, Failed):
            return name
        if isinstance(outcome, Skipped):
            return outcome.because
    return None


def _wait(finished: queue.SimpleQueue[tuple[str, Outcome[T]]], running: set[str]) -> None:
    ends = time.monotonic() + _GRACE_SECONDS
    while running and (left := ends - time.monotonic()) > 0:
        try:
            name, _ = finished.get(timeout=left)
        except queue.Empty:
            return
        running.discard(name)
