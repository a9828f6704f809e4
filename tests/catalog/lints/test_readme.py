"""`readme`: README.md says in a few sentences what the model does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Findings = Callable[[str], list[str]]
REMEDY = "say in 3 sentences or more what the model does, what it learned from and where it fails"


def test_it_is_missing(folder: Path, findings: Findings) -> None:
    (folder / "README.md").unlink()
    assert findings("readme") == [f"assets/good/README.md:1: error[readme]: it is not there; write it: {REMEDY}"]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", "0 sentences"),
        ("# A. Heading. Is. No. Prose.\n", "0 sentences"),
        ("A model\n", "0 sentences"),
        ("It is good. Version 1.2.3 is better", "1 sentence"),
        ("It is good.\n\n```\nIt. Is. Code.\n```\n", "1 sentence"),
        ("<!-- One. Two. Three. -->\nIt is good! Is it?", "2 sentences"),
    ],
)
def test_it_says_too_little(text: str, counted: str, folder: Path, findings: Findings) -> None:
    (folder / "README.md").write_text(text)
    assert findings("readme") == [
        f"assets/good/README.md:1: error[readme]: it has {counted} besides headings and code; {REMEDY}"
    ]


def test_sentences_may_end_in_brackets_and_stars(folder: Path, findings: Findings) -> None:
    (folder / "README.md").write_text("**It is good.** (Is it?) Ask *Ada*.\nIt runs over\nlines.\n")
    assert findings("readme") == []


def test_it_is_no_text(folder: Path, findings: Findings) -> None:
    (folder / "README.md").write_bytes(b"\xff")
    assert findings("readme") == ["assets/good/README.md:1: error[readme]: it is not UTF-8 text; save it as UTF-8"]
