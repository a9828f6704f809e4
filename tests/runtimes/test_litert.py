"""LiteRT behind its handle. tiny.tflite and words.tflite are made by data/make_tflite.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard import runtimes
from modelyard.caller import working_for
from modelyard.errors import BadInput, ModelyardError
from modelyard.runtimes.runtime import Model, NetworkError
from modelyard.tensors import Tensors

pytest.importorskip("ai_edge_litert")
DATA = Path(__file__).parent / "data"


def load(name: str, threads: int = 2, queue: int = 64) -> Model:
    return runtimes.load("litert", threads=threads, queue=queue).load(DATA / name)


@pytest.fixture
def tiny() -> Model:
    return load("tiny.tflite")


def asked(*x: float, ids: tuple[int, ...] = (0,), rows: int = 1) -> Tensors:
    return {"x": np.tile(np.array(x, np.float32), (rows, 1)), "ids": np.array(ids, np.int32)}


def test_a_network_says_what_it_takes_and_gives(tiny: Model) -> None:
    assert {(one.name, one.shape, one.dtype) for one in tiny.inputs} == {
        ("x", (-1, -1), np.dtype(np.float32)),
        ("ids", (-1,), np.dtype(np.int32)),
    }
    assert {one.name for one in tiny.outputs} == {"product", "picked"}


def test_a_network_answers(tiny: Model) -> None:
    got = tiny(asked(1, 2, 3, ids=(2, 0)))
    assert got["product"].tolist() == [[301, 320]]
    assert got["picked"].tolist() == [7, 5]


def test_sizes_may_change_from_call_to_call(tiny: Model) -> None:
    for rows in (1, 3, 2, 3):
        assert tiny(asked(1, 2, 3, rows=rows))["product"].tolist() == [[301, 320]] * rows


def test_answers_stay_what_they_are(tiny: Model) -> None:
    first = tiny(asked(1, 2, 3))["product"]
    tiny(asked(3, 2, 1))
    assert first.tolist() == [[301, 320]]


def test_arrays_may_lie_in_memory_as_they_like(tiny: Model) -> None:
    for x in (np.array([[3, 2, 1]], np.float32)[:, ::-1], np.asfortranarray(np.array([[1, 2, 3]] * 2, np.float32))):
        assert tiny({"x": x, "ids": np.array([0, 9, 1], np.int32)[::2]})["product"][0].tolist() == [301, 320]


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({"x": np.zeros((1, 3), np.float32)}, "'ids' is missing"),
        ({"x": np.zeros((1, 3), np.float64), "ids": np.zeros(1, np.int32)}, "float64"),
        ({"x": np.zeros(3, np.float32), "ids": np.zeros(1, np.int32)}, "takes float32 [-1, -1]"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(tiny: Model, tensors: Tensors, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        tiny(tensors)
    assert says in str(refused.value)


@pytest.mark.parametrize("bad", [asked(1, 2, 3, ids=(9,)), asked(1, 2), asked(1, 2, 3, ids=(-1,))])
def test_a_network_that_fails_answers_the_next_call(tiny: Model, bad: Tensors) -> None:
    for _ in range(3):
        with pytest.raises(NetworkError, match="the network failed on this input: ") as failed:
            tiny(bad)
        assert len(str(failed.value)) < 400
        assert tiny(asked(1, 2, 3))["product"].tolist() == [[301, 320]]


def test_strings_come_out_as_the_bytes_that_went_in() -> None:
    words = load("words.tflite")
    sent = np.array([b"one", "zwölf", b"\xff\x00!"], object)
    got = words({"words": sent, "ids": np.array([2, 1, 0], np.int32)})["picked"]
    assert got.tolist() == [b"\xff\x00!", "zwölf".encode(), b"one"]


def test_many_threads_get_their_own_answers(threads: Any) -> None:
    tiny = load("tiny.tflite", threads=4)

    def ask(number: int) -> None:
        for n in range(50):
            if (n + number) % 7 == 0:
                with pytest.raises(NetworkError):
                    tiny(asked(number, n, 0, ids=(9,)))
            rows = 1 + (n + number) % 3
            assert tiny(asked(number, n, 0, rows=rows))["product"].tolist() == [[number, 10 * n]] * rows

    for future in [threads.start(ask, number) for number in range(16)]:
        future.result(30)
    assert tiny.waiting == 0


def test_a_call_is_measured(tiny: Model, somebody: Any) -> None:
    watched = somebody()
    with working_for(watched.caller):
        tiny(asked(1, 2, 3, rows=4))
    assert watched.seen.keys() == {"queue", "infer", "batch_size"}
    assert watched.seen["batch_size"] == 4
    assert watched.seen["infer"] > 0


def test_a_folder_or_a_file_is_loaded(tmp_path: Path) -> None:
    shutil.copyfile(DATA / "tiny.tflite", tmp_path / "model.tflite")
    runtime = runtimes.load("litert", threads=1, queue=1)
    assert runtime.load(tmp_path).inputs == runtime.load(tmp_path / "model.tflite").inputs


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    runtime = runtimes.load("litert", threads=1, queue=1)
    with pytest.raises(ModelyardError, match="no LiteRT file is there"):
        runtime.load(tmp_path)
    (tmp_path / "model.tflite").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelyardError, match="can't read it"):
        runtime.load(tmp_path)
