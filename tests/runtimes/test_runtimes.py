"""A runtime is one file, found by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard import runtimes
from modelyard.errors import ModelyardError
from modelyard.runtimes.runtime import NetworkError

FOLDER = Path(runtimes.__path__[0])


def test_the_runtimes_are_the_files_that_create_one() -> None:
    assert runtimes.names() == ["litert", "onnxruntime", "tensorflow"]
    makers = [file.stem for file in FOLDER.glob("*.py") if "\ndef create(*, threads" in file.read_text("utf-8")]
    assert sorted(makers) == runtimes.names()


@pytest.mark.parametrize("name", ["torch", "pool", "runtime", "../pool"])
def test_anything_else_is_no_runtime(name: str) -> None:
    with pytest.raises(ModelyardError, match="use one of litert, onnxruntime, tensorflow"):
        runtimes.load(name, threads=1, queue=1)


@pytest.mark.parametrize(
    ("reason", "says"),
    [("\n  it is odd\n  in line 3", "it is odd"), ("", "it gave no reason"), ("x" * 9999, "x" * 300)],
)
def test_the_reason_of_a_failure_is_one_short_line(reason: str, says: str) -> None:
    assert str(NetworkError(reason)) == f"the network failed on this input: {says}"
