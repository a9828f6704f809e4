"""A processor that is too old gets one plain line instead of a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.errors import ModelyardError
from modelyard.serving import processor

MODERN = "flags\t\t: fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt avx avx2\n"


@pytest.fixture
def cpuinfo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    return tmp_path / "cpuinfo"


def test_a_modern_processor_runs_everything(cpuinfo: Path) -> None:
    cpuinfo.write_text(MODERN)

    processor.check(("numpy", "tensorflow"), cpuinfo)


def test_a_processor_without_avx_is_told_so(cpuinfo: Path) -> None:
    cpuinfo.write_text(MODERN.replace(" avx avx2", ""))

    processor.check(("numpy", "litert"), cpuinfo)
    with pytest.raises(ModelyardError, match="can't run tensorflow: it lacks AVX"):
        processor.check(("numpy", "tensorflow"), cpuinfo)


@pytest.mark.parametrize("content", [None, "", "Features : fp asimd\n"])
def test_where_nothing_is_said_nothing_is_checked(cpuinfo: Path, content: str | None) -> None:
    if content is not None:
        cpuinfo.write_text(content)

    processor.check(("numpy", "tensorflow"), cpuinfo)


def test_other_architectures_are_not_held_to_x86(cpuinfo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    cpuinfo.write_text("flags : nothing\n")

    processor.check(("numpy", "tensorflow"), cpuinfo)
