"""The house is easy to draw: arrows go one way, as docs/architecture.md draws them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FRAMEWORK = Path(__file__).parents[1] / "framework" / "modelyard"

# From the top down: what stands in one may import what stands in those after it, and nothing of those before it.
FLOORS = ["cli", "catalog", "serving", "explanations"]
ROOMS = ["publishing", "site", "checking", "building", "planning", "records", "containers"]
SIDE_ROOMS = ["locks", "training"]


def imports(path: Path) -> Iterator[str]:
    """The modules that a file needs to run; what only its types need is no arrow."""
    tree = ast.parse(path.read_text("utf-8"))
    typing = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def needed(folder: Path) -> set[str]:
    return {f"{name}." for path in folder.rglob("*.py") for name in imports(path)}


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_needs_none_above_it(floor: str) -> None:
    above = FLOORS[: FLOORS.index(floor)]
    wrong = [n for n in needed(FRAMEWORK / floor) for up in above if n.startswith(f"modelyard.{up}.")]
    assert not wrong


@pytest.mark.parametrize("room", ["tasks", "runtimes", "statistics", "manifest"])
def test_what_all_stand_on_needs_no_floor(room: str) -> None:
    wrong = [n for n in needed(FRAMEWORK / room) for up in FLOORS if n.startswith(f"modelyard.{up}.")]
    assert not wrong


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_of_the_builder_needs_none_above_it(room: str) -> None:
    above = ROOMS[: ROOMS.index(room)]
    wrong = [
        n for n in needed(FRAMEWORK / "catalog" / room) for up in above if n.startswith(f"modelyard.catalog.{up}.")
    ]
    assert not wrong


@pytest.mark.parametrize("room", SIDE_ROOMS)
def test_no_room_that_it_stands_upon_needs_a_side_room(room: str) -> None:
    wrong = [
        n
        for other in [*ROOMS, "weights", "registry"]
        for n in needed(FRAMEWORK / "catalog" / other)
        if n.startswith(f"modelyard.catalog.{room}.")
    ]
    assert not wrong


@pytest.mark.parametrize("module", ["lint", "planning.plan", "publishing.ci", "publishing.release", "records.history"])
def test_what_is_typed_all_the_time_loads_nothing_that_takes_seconds(module: str) -> None:
    """Statistics, web servers and validators are loaded by who needs them, when it is known that they are needed."""
    slow = "{'fairlearn', 'flask_restx', 'jsonschema', 'pandas', 'scipy', 'sklearn'}"
    line = f"import sys, modelyard.catalog.{module}; print(*sorted({slow} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, timeout=120, check=True)
    assert not done.stdout.split()


def test_the_page_draws_every_room() -> None:
    page = (FRAMEWORK.parents[1] / "docs" / "architecture.md").read_text("utf-8")
    rooms = {path.parent.name for path in (FRAMEWORK / "catalog").glob("*/__init__.py")} - {"reference"}
    assert not [room for room in rooms if f"{room}/`" not in page]
