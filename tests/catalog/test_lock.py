"""A lock is read, held to its form, and compared with the next one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.catalog.lock import Move, moves, pins, strangers

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "framework/requirements").glob("*.txt"))
HASH = f"    --hash=sha256:{'a' * 64}"


def entry(pin: str, digit: str = "a") -> str:
    """What a lock says of one package."""
    return f"{pin} \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{digit * 64}\n"


def said(before: str, after: str) -> list[str]:
    """What moved, for people."""
    return [str(move) for move in moves(before, after)]


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.stem)
def test_the_shipped_locks_hold_nothing_but_packages_with_their_hashes(file: Path) -> None:
    text = file.read_text("utf-8")
    assert list(strangers(text)) == []
    assert len(list(pins(text))) == text.count("==") - text.count(" == ")


def test_a_package_is_read_with_its_extras_and_where_it_is_installed() -> None:
    (pin,) = pins(entry("fonttools[ufo,woff]==4.60.0 ; python_full_version < '3.12'"))
    assert (pin.name, pin.extras, pin.version) == ("fonttools", ("ufo", "woff"), "4.60.0")
    assert str(pin) == "fonttools==4.60.0 ; python_full_version < '3.12'"


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "--find-links /wheels",
        "-e ./somewhere",
        "roman @ https://example.org/roman.whl",
        "roman>=5",
        "roman==5.2",
        f"roman==5.2 \\\n    --hash=md5:{'a' * 32}",
        f"roman==5.2 \\\n{HASH} \\\n    --global-option=x",
    ],
)
def test_what_is_no_pinned_package_is_found_with_its_line(line: str) -> None:
    text = entry("attrs==26.1.0") + f"{line}\n" + entry("zipp==4.0")
    assert [(number, first.partition(" \\")[0]) for number, first in strangers(text)] == [
        (4, line.partition("\n")[0].partition(" \\")[0])
    ]


def test_a_comment_is_no_stranger() -> None:
    assert list(strangers("# why it is so\n" + entry("roman==5.2"))) == []


def test_what_moved_is_said_by_package() -> None:
    before = entry("gone==1.0") + entry("kept==2.0") + entry("moved==1.0")
    after = entry("fresh==0.1") + entry("kept==2.0") + entry("moved==1.1")
    assert said(before, after) == ["fresh 0.1 is new", "gone 1.0 is gone", "moved 1.0 → 1.1"]


def test_a_package_that_differs_by_python_moves_as_one() -> None:
    old, new = "python_full_version < '3.12'", "python_full_version >= '3.12'"
    before = entry(f"numpy==2.4.5 ; {old}") + entry(f"numpy==2.5.5 ; {new}")
    after = entry(f"numpy==2.4.6 ; {old}") + entry(f"numpy==2.5.5 ; {new}")
    assert said(before, after) == ["numpy 2.4.5, 2.5.5 → 2.4.6, 2.5.5"]


def test_new_files_of_the_same_version_are_a_move_too() -> None:
    assert said(entry("roman==5.2"), entry("roman==5.2", "b")) == ["roman 5.2, in other files or for other machines"]


NAMES = st.sampled_from(["attrs", "blinker", "click", "jinja2", "numpy"])
LOCK = st.dictionaries(NAMES, st.integers(0, 3)).map(
    lambda found: "".join(entry(f"{name}=={minor}.0") for name, minor in sorted(found.items()))
)


@given(LOCK)
def test_a_lock_has_not_moved_from_itself(lock: str) -> None:
    assert moves(lock, lock) == []


@given(LOCK, LOCK)
def test_the_way_back_is_the_way_turned_around(one: str, other: str) -> None:
    assert moves(other, one) == [Move(move.package, move.after, move.before) for move in moves(one, other)]


@given(LOCK, LOCK)
def test_only_what_is_another_has_moved(one: str, other: str) -> None:
    kept = {str(pin) for pin in pins(one)} & {str(pin) for pin in pins(other)}
    assert not {pin.partition("==")[0] for pin in kept} & {move.package for move in moves(one, other)}
