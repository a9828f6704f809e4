"""ONNX Runtime behind its handle. tiny.onnx and fixed.onnx are made by data/make_onnx.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelyard import runtimes
from modelyard.caller import Caller, working_for
from modelyard.errors import BadInput, ModelyardError
from modelyard.runtimes.runtime import Model, NetworkError
from modelyard.tensors import Tensors

pytest.importorskip("onnxruntime")
DATA = Path(__file__).parent / "data"


def load(name: str) -> Model:
    return runtimes.load("onnxruntime", threads=2, queue=256).load(DATA / name)


@pytest.fixture(scope="module")
def tiny() -> Model:
    return load("tiny.onnx")


def asked(*x: float, id: int = 0, word: str | bytes = "", rows: int = 1) -> Tensors:
    return {
        "x": np.tile(np.array(x, np.float32), (rows, 1)),
        "ids": np.full(rows, id, np.int64),
        "words": np.array([word] * rows, object),
    }


def test_a_network_says_what_it_takes_and_gives(tiny: Model) -> None:
    assert [(one.name, one.shape, one.dtype.name) for one in tiny.inputs] == [
        ("x", (-1, -1), "float32"),
        ("ids", (-1,), "int64"),
        ("words", (-1,), "object"),
    ]
    assert [(one.name, one.shape) for one in tiny.outputs] == [("product", (-1, 2)), ("picked", (-1,)), ("said", (-1,))]


def test_nothing_is_kept_or_sent_for_its_makers(tmp_path: Path) -> None:
    """Where it may, ONNX Runtime keeps a number for the machine in the home folder, and sends it along."""
    code = f"""
from pathlib import Path
from modelyard import runtimes
runtimes.load("onnxruntime", threads=1, queue=1).load(Path({str(DATA / "tiny.onnx")!r}))
"""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**bare, "HOME": str(tmp_path)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not done.stderr
    assert not list(tmp_path.rglob("*"))


def test_a_network_answers(tiny: Model) -> None:
    for rows in (1, 3, 0, 40):
        got = tiny(asked(1, 2, 3, id=2, word="é", rows=rows))
        assert got["product"].tolist() == [[301, 320]] * rows
        assert got["picked"].tolist() == [7] * rows
        assert got["said"].tolist() == ["é".encode()] * rows


def test_no_more_are_computed_together_than_its_author_allows() -> None:
    calls = runtimes.load("onnxruntime", threads=2, queue=256).load(DATA / "tiny.onnx", most=2)
    calls(asked(1, 2, 3))
    sizes: list[float] = []
    with working_for(Caller(observe=lambda name, value: sizes.append(value) if name == "batch_size" else None)):
        got = calls(asked(1, 2, 3, rows=5))
    assert sizes == [2, 2, 1]
    assert got["product"].tolist() == [[301, 320]] * 5


def test_strings_may_be_bytes_or_text(tiny: Model) -> None:
    assert tiny(asked(1, 2, 3, word=b"b'"))["said"].tolist() == [b"b'"]
    assert tiny(asked(1, 2, 3, word="ü"))["said"].tolist() == ["ü".encode()]


@pytest.mark.parametrize("word", [b"\xff", "\ud800"])
def test_strings_that_are_no_text_are_refused(tiny: Model, word: str | bytes) -> None:
    with pytest.raises(BadInput, match="'words' is no UTF-8 text"):
        tiny(asked(1, 2, 3, word=word))


@pytest.mark.parametrize("bad", [asked(1, 2, 3, id=9), asked(1, 2)])
def test_a_network_that_fails_says_so_in_one_line(tiny: Model, bad: Tensors, capfd: Any) -> None:
    with pytest.raises(NetworkError, match="the network failed on this input: ") as failed:
        tiny(bad)
    assert "ONNXRuntimeError" not in str(failed.value)
    assert "\n" not in str(failed.value)
    assert capfd.readouterr() == ("", ""), "a client can't write to the log"
    assert tiny(asked(1, 2, 3))["product"].tolist() == [[301, 320]]


def test_a_fixed_batch_axis_is_kept() -> None:
    fixed = load("fixed.onnx")
    assert fixed({"x": np.array([[1, 2, 3]], np.float32)})["product"].tolist() == [[301, 320]]
    with pytest.raises(BadInput):
        fixed({"x": np.array([[1, 2, 3]] * 2, np.float32)})


def test_many_threads_get_their_own_answers(threads: Any, tiny: Model) -> None:
    def ask(number: int) -> None:
        for n in range(50):
            if (n + number) % 7 == 0:
                with pytest.raises(NetworkError):
                    tiny(asked(number, n, 0, id=9))
            rows = 1 + (n + number) % 3
            got = tiny(asked(number, n, 0, word=f"{number} {n}", rows=rows))
            assert got["product"].tolist() == [[number, 10 * n]] * rows
            assert got["said"].tolist() == [f"{number} {n}".encode()] * rows

    for future in [threads.start(ask, number) for number in range(16)]:
        future.result(30)
    assert tiny.waiting == 0


def test_a_folder_or_a_file_is_loaded(tmp_path: Path) -> None:
    shutil.copyfile(DATA / "tiny.onnx", tmp_path / "model.onnx")
    runtime = runtimes.load("onnxruntime", threads=1, queue=1)
    assert runtime.load(tmp_path).inputs == runtime.load(tmp_path / "model.onnx").inputs


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    runtime = runtimes.load("onnxruntime", threads=1, queue=1)
    with pytest.raises(ModelyardError, match="no ONNX file is there"):
        runtime.load(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelyardError, match="can't read it"):
        runtime.load(tmp_path)
