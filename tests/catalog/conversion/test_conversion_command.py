"""The command says what is wrong in one line and leaves nothing half done, without TensorFlow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelyard.catalog import conversion

PACKAGE = Path(conversion.__file__).parent


def run(*arguments: object, folder: Path = PACKAGE.parent) -> subprocess.CompletedProcess[str]:
    """As the builder runs it in the container: only the folder that holds the package is on the path."""
    command = [sys.executable, "-B", "-m", "conversion", *map(str, arguments)]
    return subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def assert_refused(finished: subprocess.CompletedProcess[str], *words: str) -> None:
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert finished.stderr.startswith("error: ")
    assert finished.stderr.count("\n") == 1
    assert all(word in finished.stderr for word in words), finished.stderr


def test_a_missing_shard(doubling: Path, tmp_path: Path) -> None:
    (doubling / "group1-shard2of2.bin").unlink()
    assert_refused(run(doubling, tmp_path / "out", "--to", "litert"), "group1-shard2of2.bin is missing", "fetch it too")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


def test_a_truncated_shard(doubling: Path, tmp_path: Path) -> None:
    (doubling / "group1-shard1of2.bin").write_bytes(b"abc")
    finished = run(doubling, tmp_path / "out", "--to", "tensorflow")
    assert_refused(finished, "group1-shard1of2.bin seems cut off", "two needs bytes 0 to 8", "fetch it again")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


def test_a_model_json_that_is_not_json(doubling: Path, tmp_path: Path) -> None:
    (doubling / "model.json").write_text("<html>")
    assert_refused(run(doubling, tmp_path / "out", "--to", "litert"), "model.json is not JSON", "fetch the model again")


def test_a_format_that_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"who knows")
    assert_refused(
        run(tmp_path / "model.bin", tmp_path / "out", "--to", "litert"), "no format known here", "SavedModel"
    )


def test_a_format_that_can_not_become_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"\0\0\0\0TFL3")
    finished = run(tmp_path / "model.tflite", tmp_path / "out", "--to", "tensorflow")
    assert_refused(finished, "is a .tflite file, which can't be made a SavedModel", "--to litert")


def test_an_output_that_is_taken(doubling: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious").write_text("stays")
    assert_refused(run(doubling, tmp_path / "out", "--to", "litert"), "exists", "remove it")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["precious"]


def test_an_output_that_can_not_be_made(doubling: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_refused(run(doubling, tmp_path / "file" / "out", "--to", "litert"), "file", "OUTPUT")


@pytest.mark.parametrize("arguments", [[], ["in"], ["in", "out"], ["in", "out", "--to", "onnx"]])
def test_a_command_that_is_not_whole(arguments: list[str]) -> None:
    finished = run(*arguments)
    assert finished.returncode == 2
    assert "usage: conversion" in finished.stderr


def test_the_package_stands_alone(doubling: Path, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "convert" / "conversion", ignore=shutil.ignore_patterns("__pycache__"))
    document = json.loads((doubling / "model.json").read_text())
    (doubling / "model.json").write_text(json.dumps(document | {"format": "tables"}))
    finished = run(doubling, tmp_path / "out", "--to", "litert", folder=tmp_path / "convert")
    assert_refused(finished, "is a TF.js tables", "export the model as one")


def test_looking_at_weights_does_not_wait_for_tensorflow(doubling: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from modelyard.catalog.conversion.format import recognise;"
        f"recognise(Path({str(doubling)!r})); assert 'tensorflow' not in sys.modules"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parents[2])}
    subprocess.run([sys.executable, "-B", "-c", script], env=environment, check=True)
