"""How the tests are shared out where several processes run them, and what `--all` adds."""

from __future__ import annotations

import pytest

_ALONE = ("engine", "browser")
"""Marks of tests that go one after the other, each mark in one process: they share the engine, or one server."""


_LONGEST_NAMED = 60


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="build and check every asset's image, not a few of each sort")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups the tests for `--dist loadgroup`: those of the engine, those of the browser, the others by file.

    The longest groups come first, so that nobody waits for them in the end. Within a group nothing changes its place.
    """
    ranks: dict[str, int] = {}
    for item in items:
        alone = next((mark for mark in _ALONE if item.get_closest_marker(mark)), None)
        name = alone or str(item.path)
        item.add_marker(pytest.mark.xdist_group(name))
        ranks[item.nodeid] = 0 if alone == "engine" else 1 if "tests/fleet/" in name else 2 if alone else 3
    items.sort(key=lambda item: ranks[item.nodeid])


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names long bytes by their length: what is made by the time of day has another content in each process."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and len(val) > _LONGEST_NAMED else None
