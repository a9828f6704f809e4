"""A folder of source files is labelled data."""

from __future__ import annotations

from pathlib import Path

from modelyard.catalog.evaluation.endings import labelled


def write(folder: Path, name: str, content: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


def test_files_are_labelled_by_their_endings(tmp_path: Path) -> None:
    write(tmp_path, "a/one.py", "p" * 400)
    write(tmp_path, "two.rs", "r" * 400)
    write(tmp_path, "three.txt", "t" * 400)
    found = set(labelled(tmp_path, {".py": "Python", ".rs": "Rust"}, 10))
    assert found == {("a/one.py", b"p" * 400, "Python"), ("two.rs", b"r" * 400, "Rust")}


def test_no_label_has_more_files_than_wanted_and_they_are_the_same_each_time(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path, f"{number}.py", f"{number}" * 400)
    found = [name for name, _, _ in labelled(tmp_path, {".py": "Python"}, 5)]
    assert len(found) == 5
    assert found == [name for name, _, _ in labelled(tmp_path, {".py": "Python"}, 5)]
    assert found != sorted(found)


def test_small_and_large_files_copies_and_links_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "small.py", "p")
    write(tmp_path, "large.py", "p" * 60_001)
    write(tmp_path, "one.py", "p" * 400)
    write(tmp_path, "copy.py", "p" * 400)
    (tmp_path / "link.py").symlink_to("/etc/services")
    assert len(list(labelled(tmp_path, {".py": "Python"}, 10))) == 1
