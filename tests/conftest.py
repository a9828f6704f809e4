"""How the tests are shared out where several processes run them, and what `--all` adds."""

from __future__ import annotations

import functools
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes says little where several processes share the machine.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.load_profile("shared")

_ROOT = Path(__file__).parents[1]
_ALONE = ("engine", "browser")
"""Marks of tests that go one after the other in one process: they share the engine, or one server."""
_ROADS = "tests/e2e/"
_BESIDE = tuple(f"tests/e2e/test_{name}.py" for name in ("gates", "kills", "published", "pushes", "training"))
"""Whole roads through the engine take longer than all else, so some of them go beside the others."""
_LONGEST_NAMED = 60


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="build and check every asset's image, not a few of each sort")


@functools.cache
def group(file: str) -> str:
    """What the tests of a file are run with: all others that have its mark, or nothing else."""
    text = (_ROOT / file).read_text("utf-8")
    mark = next((mark for mark in _ALONE if f"mark.{mark}" in text), None)
    if mark == "engine":
        return "engine" if file.startswith(_ROADS) and file not in _BESIDE else "engine, beside"
    return mark or file


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest groups first, so that nobody waits for them in the end; nothing else changes its place."""

    def rank(item: pytest.Item) -> int:
        name = group(item.path.relative_to(_ROOT).as_posix())
        if name.startswith("tests/fleet/"):
            return 2
        return {"engine": 0, "engine, beside": 1, "browser": 3}.get(name, 4)

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Shares out groups: a worker gets the next one when it is done with its own."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid.partition("::")[0])

    return Groups(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names long bytes by their length: what is made by the time of day has another content in each process."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and len(val) > _LONGEST_NAMED else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed or logged may be no Unicode, which could not be told to another process."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report
