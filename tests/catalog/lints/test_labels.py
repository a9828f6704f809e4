"""`labels`: one name a line, each once, as UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def test_the_file_is_missing(change: Change, findings: Findings) -> None:
    labels = change("labels.txt", "classes.txt")
    assert findings("labels") == [f"{labels}: error[labels]: classes.txt is not there; write it, or leave `labels` out"]


def test_the_file_may_be_left_out(change: Change, folder: Path, findings: Findings) -> None:
    change("labels: labels.txt\n", "")
    assert findings("labels") == []


@pytest.mark.parametrize(
    ("data", "line", "found"),
    [
        (b"cat\n\ndog\n", 2, "class 1 has no name; write one, or remove the line"),
        (b"cat\n  \n", 2, "class 1 has no name; write one, or remove the line"),
        (b"cat\ndog\ncat\n", 3, "'cat' is also the name of class 0 in line 1; give each class a name of its own"),
        (b"cat\ndog\n\xff\n", 3, "it is not UTF-8 text; save it as UTF-8"),
        ("cat\nKätzchen\n".encode("utf-16"), 1, "it is not UTF-8 text; save it as UTF-8"),
        (b"\xef\xbb\xbfcat\n", 1, "a byte order mark is part of the first label; save it without one"),
        (b"", 1, "it has no label; write the name of one class a line"),
    ],
)
def test_a_line_is_wrong(data: bytes, line: int, found: str, folder: Path, findings: Findings) -> None:
    (folder / "labels.txt").write_bytes(data)
    assert findings("labels") == [f"assets/good/labels.txt:{line}: error[labels]: {found}"]


def test_line_ends_of_any_system_will_do(folder: Path, findings: Findings) -> None:
    (folder / "labels.txt").write_bytes(b"cat\r\ndog\r\n")
    assert findings("labels") == []
