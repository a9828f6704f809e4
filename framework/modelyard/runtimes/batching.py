"""Computing together what came together, for networks that are faster per item in batches.

There is no thread of its own and no clock: a call that finds the network free runs at once, on its own
thread, as fast as without all this. While the network is busy, calls wait in line; the first of them then
leads, and takes along those behind it whose tensors can be joined to its own. So a batch grows exactly
while others are coming, and nobody waits for somebody who may never come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from modelyard.caller import current
from modelyard.errors import Overloaded
from modelyard.runtimes.line import Line, Ticket
from modelyard.tensors import Tensors, TensorSpec

Run = Callable[[Tensors], Tensors]
Group = tuple[tuple[str, tuple[int, ...], str], ...]

MOST_ITEMS = 32
"""Items in one batch: past this many, networks get no faster per item and only take more memory."""

_MOST_LANES = 8


@dataclass
class _Request:
    """One call, and what became of it; `rows` is the length of the batch axis, where its tensors have one."""

    tensors: Tensors
    rows: int | None
    arrived: float
    leads: bool = False
    outcome: Tensors | Exception | None = None
    started: float = 0.0
    took: float = 0.0
    batch: int = 1

    @property
    def items(self) -> int:
        """What it counts for: an empty batch takes a place, too."""
        return self.rows or 1

    @cached_property
    def group(self) -> Group:
        """Requests of one group can be joined along their first axes."""
        return tuple((name, array.shape[1:], array.dtype.str) for name, array in sorted(self.tensors.items()))


class Batcher:
    """Calls a network for many threads, several of them together where it takes batches.

    It does if its signature says so (`takes_batches`) and what comes out is as long as what went in, which
    is watched as long as it runs. Any other network gets its calls one by one. A call of more than `most`
    items is computed in several batches, so that it takes neither all the memory nor the network from the others.

    A batch that fails is computed again, call by call: only the one that is to blame gets the error.

    Args:
        run: The network; it may be called from several threads.
        inputs: What it takes.
        outputs: What it gives.
        queue: Items that may wait before further calls are refused.
        lanes: Batches that may be computed at once.
        most: Items in one batch.
    """

    def __init__(
        self,
        run: Run,
        inputs: Sequence[TensorSpec],
        outputs: Sequence[TensorSpec],
        *,
        queue: int,
        lanes: int,
        most: int = MOST_ITEMS,
    ) -> None:
        self._network = run
        self._says_so = takes_batches(inputs, outputs)
        self._shown = False  # whether a call that came alone has borne the signature out
        self._disproved = False
        self._lanes = lanes
        self._most = most
        self._running = 0
        self._line: Line[_Request] = Line(queue)

    @property
    def waiting(self) -> int:
        """Items that wait for the network right now."""
        return self._line.items

    def __call__(self, tensors: Tensors) -> Tensors:
        """The outputs for tensors that fit the network's inputs.

        Raises:
            Overloaded: The line is full, or the caller doesn't wait any more.
            Exception: What the network raises on these tensors alone.
        """
        rows = _rows(tensors)
        if rows is None or rows <= self._most:
            return self._ask(tensors, rows)
        parts: list[Tensors] = []
        for start in range(0, rows, self._most):
            if not self._joins:
                return self._ask(tensors, rows)
            part = {name: array[start : start + self._most] for name, array in tensors.items()}
            parts.append(self._ask(part, _rows(part)))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    @property
    def _joins(self) -> bool:
        return self._says_so and self._shown and not self._disproved

    def _ask(self, tensors: Tensors, rows: int | None) -> Tensors:
        request = _Request(tensors, rows, time.perf_counter())
        ticket = Ticket(request, request.items)
        with self._line.mutex:
            if self._running < self._lanes and not self._line.items:
                self._running += 1
                request.leads = True
            else:
                self._line.join(ticket)
        if not request.leads:
            self._line.wait(ticket)
        if request.leads:
            self._lead(ticket)
        return _answer(ticket)

    def _lead(self, leader: Ticket[_Request]) -> None:
        """Computes the leader's request, and those of the line that can be joined to it."""
        batch = [leader]
        try:
            leader.caller.check()
            if self._joins and leader.what.rows is not None:
                self._gather(batch)
            self._compute(batch)
        finally:
            with self._line.mutex:
                # The next batch first: the network is idle until its thread is awake.
                if (following := self._line.next()) is not None:
                    following.what.leads = True
                    following.call()
                else:
                    self._running -= 1
                for ticket in batch[1:]:
                    ticket.call()

    def _gather(self, batch: list[Ticket[_Request]]) -> None:
        """Takes those of the leader's group out of the line, in their order, until the batch is full."""
        request = batch[0].what
        group, items = request.group, request.items
        with self._line.mutex:
            for ticket in self._line:
                other = ticket.what
                if other.rows is None or other.group != group:
                    continue
                if items + other.items > self._most:
                    break
                self._line.leave(ticket)
                if ticket.caller.waits:
                    items += other.items
                    batch.append(ticket)
                else:
                    ticket.call()

    def _compute(self, batch: list[Ticket[_Request]]) -> None:
        requests = [ticket.what for ticket in batch]
        if len(batch) > 1 and self._compute_together(requests):
            return
        for ticket in batch:
            if ticket.caller.waits:
                self._compute_alone(ticket.what)

    def _compute_alone(self, request: _Request) -> None:
        request.batch = request.items
        request.started = time.perf_counter()
        try:
            outputs = self._network(request.tensors)
            self._watch(outputs, request.rows)
            request.outcome = outputs
        except Exception as error:
            request.outcome = error
        request.took = time.perf_counter() - request.started

    def _compute_together(self, requests: list[_Request]) -> bool:
        """Whether it worked."""
        rows = [request.rows or 0 for request in requests]
        started = time.perf_counter()
        try:
            joined = {
                name: np.concatenate([request.tensors[name] for request in requests]) for name in requests[0].tensors
            }
            outputs = self._network(joined)
        except Exception:
            return False  # the one that is to blame fails again when it runs alone
        took = time.perf_counter() - started
        if not self._watch(outputs, sum(rows)):
            return False
        end = 0
        for request, count in zip(requests, rows, strict=True):
            begin, end = end, end + count
            request.outcome = {name: array[begin:end] for name, array in outputs.items()}
            request.started, request.took, request.batch = started, took, sum(rows)
        return True

    def _watch(self, outputs: Tensors, rows: int | None) -> bool:
        """Whether each row of the inputs has its row in every output; where not, nothing is joined any more."""
        if rows is not None and any(array.shape[:1] != (rows,) for array in outputs.values()):
            self._disproved = True
            return False
        self._shown = True
        return True


def takes_batches(inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> bool:
    """Whether the first axis of everything that a network takes and gives may have any length."""
    return all(spec.shape[:1] == (-1,) for spec in (*inputs, *outputs))


def lanes_for(inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], threads: int) -> int:
    """How many batches to compute at once, on so many cores.

    Two, so that the cores are busy with one while the other is put together and its answers are used; a
    network that takes no batches fills the cores with several calls instead.
    """
    return 2 if takes_batches(inputs, outputs) else min(max(2, threads), _MOST_LANES)


def _rows(tensors: Tensors) -> int | None:
    """The common length of the first axes, if they have one."""
    lengths = {array.shape[0] if array.ndim else None for array in tensors.values()}
    return lengths.pop() if len(lengths) == 1 else None


def _answer(ticket: Ticket[_Request]) -> Tensors:
    request = ticket.what
    outcome, request.outcome = request.outcome, None
    if outcome is None:
        ticket.caller.check()
        raise Overloaded("nobody waits for the answer any more")
    observe = current().observe
    observe("queue", request.started - request.arrived)
    observe("infer", request.took)
    observe("batch_size", request.batch)
    if not isinstance(outcome, Exception):
        return outcome
    try:
        raise outcome
    finally:
        del outcome  # its traceback holds this frame, and the tensors with it
