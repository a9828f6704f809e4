"""`todo`: nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Findings = Callable[[str], list[str]]


def test_notes_are_found_in_every_text_file(folder: Path, findings: Findings) -> None:
    (folder / "README.md").write_text("# Good\n\nTODO: say what it does\n")
    (folder / "pipeline.py").write_text("x = 1  # FIXME\n")
    (folder / "asset.yaml").write_text("# TODO fill this in\nname: good\n")
    assert findings("todo") == [
        "assets/good/README.md:3: error[todo]: a TODO is left: say what it does; do it, then remove the note",
        "assets/good/asset.yaml:1: error[todo]: a TODO is left: fill this in; do it, then remove the note",
        "assets/good/pipeline.py:1: error[todo]: a FIXME is left; do it, then remove the note",
    ]


def test_other_words_samples_and_what_is_no_text_are_left_alone(folder: Path, findings: Findings) -> None:
    (folder / "README.md").write_text("TODOS and todo and METODO\n")
    (folder / "samples" / "note.txt").write_text("TODO\n")
    (folder / "picture.png").write_bytes(b"\0TODO")
    (folder / "latin.txt").write_bytes(b"\xff TODO")
    assert findings("todo") == []
