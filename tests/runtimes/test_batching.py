"""Calls that come together are computed together, and nobody pays for it."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import numpy as np
import pytest
from tests.runtimes.batches import ANSWER, FIXED, FLOAT, OPEN, PATIENCE, Network, batcher, rows, values

from modelyard.runtimes.batching import Batcher, lanes_for, takes_batches
from modelyard.runtimes.runtime import NetworkError
from modelyard.tensors import Tensors, TensorSpec


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


def test_the_signature_says_whether_a_network_takes_batches() -> None:
    assert takes_batches(OPEN, ANSWER)
    assert not takes_batches(FIXED, ANSWER)
    assert not takes_batches(OPEN, (TensorSpec("y", (), FLOAT),))
    assert not takes_batches((*OPEN, TensorSpec("threshold", (), FLOAT)), ANSWER)
    assert lanes_for(OPEN, ANSWER, threads=16) == 2
    assert [lanes_for(FIXED, ANSWER, threads=n) for n in (1, 4, 64)] == [2, 4, 8]
