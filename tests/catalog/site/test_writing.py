"""A site is whole, or as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.catalog.site import writing
from modelyard.catalog.site.writing import Memory
from modelyard.errors import ModelyardError


def make(site: Path, text: str) -> None:
    with writing.replaced(site) as new:
        writing.write(new, "index.html", text.encode())
        writing.remember(new, Memory())


def test_a_new_site_takes_the_place_of_the_old(tmp_path: Path) -> None:
    site = tmp_path / "public"
    make(site, "one")
    make(site, "two")
    assert (site / "index.html").read_text("utf-8") == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_render_that_ends_early_leaves_the_old_site(tmp_path: Path) -> None:
    site = tmp_path / "public"
    make(site, "one")
    with pytest.raises(ModelyardError):  # noqa: PT012, SIM117 (the first line is what must not be seen)
        with writing.replaced(site) as new:
            writing.write(new, "index.html", b"two")
            writing.write(new, "../index.html", b"two")
    assert (site / "index.html").read_text("utf-8") == "one"


def test_where_folders_can_t_be_exchanged_at_once_a_killed_render_is_mended(tmp_path: Path) -> None:
    site = tmp_path / "public"
    make(site, "one")
    site.rename(tmp_path / ".public-old")
    make(site, "two")
    assert (site / "index.html").read_text("utf-8") == "two"


def test_a_folder_of_somebody_s_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(ModelyardError, match="no site of ours"):
        make(tmp_path, "one")
    assert (tmp_path / "letter.txt").is_file()


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a\\..\\x", "", "./x"])
def test_no_file_lands_outside(tmp_path: Path, path: str) -> None:
    with pytest.raises(ModelyardError, match="no file of the site"):
        writing.write(tmp_path, path, b"x")


def test_what_is_taken_over_is_not_copied_and_is_known_again(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    mark = writing.write(old, "models/a.html", b"a page")
    writing.carry(old, new, ["models/a.html"])
    assert (new / "models" / "a.html").stat().st_ino == (old / "models" / "a.html").stat().st_ino
    assert (mark[0], (new / "models" / "a.html").stat().st_mtime_ns) == (6, mark[1])
