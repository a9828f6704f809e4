"""`requirements`: an asset's own packages are locked, upon its base, and the lock holds what is declared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modelyard.catalog.workspace import Workspace

Change = Callable[[str, str], str]
Findings = Callable[[str], list[str]]


def entry(pin: str) -> str:
    return f"{pin} \\\n    --hash=sha256:{'a' * 64}\n"


@pytest.fixture
def lock(workspace: Workspace, folder: Path) -> Path:
    """The lock of the asset's own packages; its base holds NumPy."""
    (workspace.requirements / "litert.txt").write_text(entry("numpy==2.5.5"))
    (folder / "requirements").mkdir()
    file = folder / "requirements" / "litert.txt"
    file.write_text(entry("fonttools[woff]==4.60.0") + entry("scipy==1.18.1"))
    return file


def declare(change: Change, *requirements: str) -> str:
    lines = "".join(f"\n  - {one!r}" for one in requirements)
    return change("\nparity:", f"\nrequirements:{lines}\nparity:").rpartition(":")[0]


@pytest.mark.usefixtures("lock")
def test_what_the_lock_and_the_base_hold_is_well(change: Change, findings: Findings) -> None:
    declare(change, "SciPy>=1.16,<2", "numpy>=2", "fonttools[WOFF]", "pywin32; sys_platform == 'win32'")
    assert findings("requirements") == []


def test_a_lock_that_is_missing_is_told_with_the_line_that_wants_it(
    lock: Path, change: Change, findings: Findings
) -> None:
    file = declare(change, "scipy")
    lock.unlink()
    (found,) = findings("requirements")
    assert found.startswith(f"{file}:")
    assert found.endswith("error[requirements]: requirements/litert.txt is not there; write it: modelyard update good")


def test_weights_that_are_converted_want_a_lock_for_the_comparison_too(
    lock: Path, change: Change, findings: Findings
) -> None:
    change("    sha256:", "    format: tfjs-graph\n    sha256:")
    declare(change, "scipy")
    (found,) = findings("requirements")
    assert "requirements/tensorflow-cpu.txt is not there" in found
    assert lock.is_file()


@pytest.mark.usefixtures("lock")
@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        (
            "scipy<1.18",
            "requirements/litert.txt has scipy==1.18.1, not scipy<1.18; lock it: modelyard update --keep good",
        ),
        ("librosa", "requirements/litert.txt doesn't hold librosa; lock it: modelyard update --keep good"),
        ("fonttools[ufo]", "requirements/litert.txt has fonttools without ufo; lock it: "),
        ("numpy<2", "the base, framework/requirements/litert.txt, has numpy==2.5.5, not numpy<2; lock both: "),
    ],
)
def test_a_lock_that_is_stale_is_told(change: Change, findings: Findings, requirement: str, said: str) -> None:
    declare(change, "scipy", requirement) if "scipy" not in requirement else declare(change, requirement)
    (found,) = findings("requirements")
    assert said in found


def test_a_package_that_the_base_has_is_told(lock: Path, change: Change, findings: Findings) -> None:
    lock.write_text(lock.read_text() + entry("numpy==2.5.5"))
    declare(change, "scipy")
    assert findings("requirements") == [
        "assets/good/requirements/litert.txt:5: error[requirements]: numpy is in the base already, "
        "framework/requirements/litert.txt; take it out: modelyard update --keep good"
    ]


def test_a_line_that_pins_nothing_is_told(lock: Path, change: Change, findings: Findings) -> None:
    lock.write_text("--index-url https://example.org/simple\n" + lock.read_text())
    declare(change, "scipy")
    assert findings("requirements") == [
        "assets/good/requirements/litert.txt:1: error[requirements]: '--index-url https://example.org/simple' is no "
        "package pinned with its hashes; write it: modelyard update good"
    ]


@pytest.mark.usefixtures("lock")
def test_a_lock_that_nothing_needs_is_told(findings: Findings) -> None:
    assert findings("requirements") == [
        "assets/good/requirements/litert.txt:1: error[requirements]: asset.yaml declares no `requirements`; "
        "remove it: modelyard update good"
    ]


def test_a_file_that_is_no_text_is_told(lock: Path, change: Change, findings: Findings) -> None:
    lock.write_bytes(b"\xff\0")
    declare(change, "scipy")
    (found,) = findings("requirements")
    assert "it is no lock that a person could read" in found
