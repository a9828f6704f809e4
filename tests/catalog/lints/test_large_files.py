"""`large-files`: nothing above 5 MB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_file_is_too_large(folder: Path, findings: Callable[[str], list[str]]) -> None:
    for name, size in (("large.bin", 5_000_001), ("small.bin", 5_000_000)):
        with (folder / "samples" / name).open("wb") as file:
            file.truncate(size)
    assert findings("large-files") == [
        "assets/good/samples/large.bin:1: error[large-files]: it has 5.0 MB, more than 5 MB; "
        "declare it under `weights` or in a dataset, or make it smaller"
    ]
