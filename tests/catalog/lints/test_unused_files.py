"""`unused-files`: every file is there for a reason that can be seen."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def warning(file: str) -> str:
    return f"assets/good/{file}:1: warning[unused-files]: nothing refers to it; remove it, or name it where it is used"


def test_nothing_refers_to_a_file(folder: Path, findings: Findings) -> None:
    (folder / "old-labels.txt").touch()
    (folder / "samples" / "spare.jpg").touch()
    assert findings("unused-files") == [warning("old-labels.txt"), warning("samples/spare.jpg")]


@pytest.mark.parametrize("name", ["helpers.py", "LICENSE", "LICENSE.Public-Domain.txt", "NOTICE", ".gitattributes"])
def test_some_files_need_no_reason(name: str, folder: Path, findings: Findings) -> None:
    (folder / name).touch()
    assert findings("unused-files") == []


def test_a_file_may_be_mentioned_by_code_or_prose(folder: Path, findings: Findings) -> None:
    (folder / "vocabulary").mkdir()
    for name in ("words.txt", "diagram.png", "vocabulary/a.txt"):
        (folder / name).touch()
    assert len(findings("unused-files")) == 3
    with (folder / "pipeline.py").open("a") as file:
        file.write('WORDS = Path(__file__).parent / "words.txt"\nALL = Path(__file__).parent / "vocabulary"\n')
    with (folder / "README.md").open("a") as file:
        file.write("![How it works](diagram.png)\n")
    assert findings("unused-files") == []


def test_weights_may_be_a_file(change: Change, folder: Path, findings: Findings) -> None:
    change("npm:@scope/network@1.2.3", "file:network.tflite")
    (folder / "network.tflite").touch()
    assert findings("unused-files") == []


def test_what_git_ignores_is_no_file_of_the_asset(folder: Path, tmp_path: Path, findings: Findings) -> None:
    (folder / "notes.tmp").touch()
    assert findings("unused-files") == [warning("notes.tmp")]
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    (folder / "left.txt").touch()
    assert findings("unused-files") == [warning("left.txt")]


def test_the_locks_of_its_own_packages_are_known(folder: Path, change: Change, findings: Findings) -> None:
    change("\nparity:", "\nrequirements: [scipy]\nparity:")
    (folder / "requirements").mkdir()
    for name in ("litert.txt", "onnxruntime.txt"):
        (folder / "requirements" / name).touch()
    assert findings("unused-files") == [warning("requirements/onnxruntime.txt")]
