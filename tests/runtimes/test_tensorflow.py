"""TensorFlow behind its handle; run where TensorFlow is installed, such as in the container that converts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard import runtimes
from modelyard.errors import BadInput, ModelyardError
from modelyard.runtimes.runtime import Model, NetworkError, Runtime
from modelyard.tensors import Tensors

tf = pytest.importorskip("tensorflow")


class Tiny(tf.Module):  # type: ignore[misc]
    @tf.function  # type: ignore[untyped-decorator]
    def answer(self, x: Any, ids: Any, words: Any) -> dict[str, Any]:
        weights = tf.constant([[1.0, 0.0], [0.0, 10.0], [100.0, 100.0]])
        return {
            "product": tf.matmul(x, weights),
            "picked": tf.gather(tf.constant([5.0, 6.0, 7.0]), ids),
            "said": tf.strings.upper(words),
        }


def save(folder: Path, rows: int | None, width: int | None) -> None:
    module = Tiny()
    signature = module.answer.get_concrete_function(
        tf.TensorSpec([rows, width], tf.float32, "x"),
        tf.TensorSpec([rows], tf.int32, "ids"),
        tf.TensorSpec([rows], tf.string, "words"),
    )
    tf.saved_model.save(module, str(folder), signatures=signature)


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    return runtimes.load("tensorflow", threads=2, queue=256)


@pytest.fixture(scope="module")
def tiny(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("tiny")
    save(folder, None, None)
    return runtime.load(folder)


def asked(*x: float, id: int = 0, word: str | bytes = "", rows: int = 1) -> Tensors:
    return {
        "x": np.tile(np.array(x, np.float32), (rows, 1)),
        "ids": np.full(rows, id, np.int32),
        "words": np.array([word] * rows, object),
    }


def test_a_network_answers(tiny: Model) -> None:
    assert [(one.name, one.shape) for one in tiny.inputs] == [("ids", (-1,)), ("words", (-1,)), ("x", (-1, -1))]
    for rows in (1, 3, 0, 40):
        got = tiny(asked(1, 2, 3, id=2, word=b"a\xff", rows=rows))
        assert got["product"].tolist() == [[301, 320]] * rows
        assert got["picked"].tolist() == [7] * rows
        assert got["said"].tolist() == [b"A\xff"] * rows


@pytest.mark.parametrize(("bad", "says"), [(asked(1, 2, 3, id=9), "9 is not in"), (asked(1, 2), "size-incompatible")])
def test_a_network_that_fails_says_why_in_one_line(tiny: Model, bad: Tensors, says: str) -> None:
    with pytest.raises(NetworkError, match="the network failed on this input: ") as failed:
        tiny(bad)
    assert says in str(failed.value)
    assert "{{" not in str(failed.value)
    assert tiny(asked(1, 2, 3))["product"].tolist() == [[301, 320]]


def test_many_threads_get_their_own_answers(threads: Any, tiny: Model) -> None:
    def ask(number: int) -> None:
        for n in range(50):
            if (n + number) % 7 == 0:
                with pytest.raises(NetworkError):
                    tiny(asked(number, n, 0, id=9))
            rows = 1 + (n + number) % 3
            assert tiny(asked(number, n, 0, rows=rows))["product"].tolist() == [[number, 10 * n]] * rows

    for future in [threads.start(ask, number) for number in range(16)]:
        future.result(60)
    assert tiny.waiting == 0


def test_a_fixed_batch_axis_is_kept(runtime: Runtime, tmp_path: Path) -> None:
    save(tmp_path, 1, 3)
    fixed = runtime.load(tmp_path)
    assert fixed(asked(1, 2, 3))["product"].tolist() == [[301, 320]]
    with pytest.raises(BadInput):
        fixed(asked(1, 2, 3, rows=2))


def test_what_is_no_network_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(ModelyardError, match="no SavedModel is there"):
        runtime.load(tmp_path)
    tf.saved_model.save(tf.Module(), str(tmp_path))
    with pytest.raises(ModelyardError, match="no signature"):
        runtime.load(tmp_path)


def test_an_input_must_have_a_shape(runtime: Runtime, tmp_path: Path) -> None:
    module = tf.Module()
    module.double = tf.function(lambda x: {"y": x * 2}, input_signature=[tf.TensorSpec(None, tf.float32, "x")])
    tf.saved_model.save(module, str(tmp_path), signatures=module.double)
    with pytest.raises(ModelyardError, match="'x' has no shape"):
        runtime.load(tmp_path)


def test_a_tensor_that_nobody_can_have_is_a_lack_of_memory_and_no_defect(runtime: Runtime, tmp_path: Path) -> None:
    class Cubes(tf.Module):  # type: ignore[misc]
        @tf.function  # type: ignore[untyped-decorator]
        def answer(self, size: Any) -> dict[str, Any]:
            return {"cube": tf.fill(tf.repeat(size, 3), 1.0)}

    cubes = Cubes()
    signature = cubes.answer.get_concrete_function(tf.TensorSpec([1], tf.int32, "size"))
    tf.saved_model.save(cubes, str(tmp_path), signatures=signature)
    network = runtime.load(tmp_path)

    with pytest.raises(MemoryError):
        network({"size": np.array([100_000], np.int32)})
    assert network({"size": np.array([2], np.int32)})["cube"].tolist() == [[[1.0, 1.0]] * 2] * 2
