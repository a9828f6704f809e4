"""`trained`: weights are those that code and data make now."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from tests.catalog.registry.servers import free_address
from tests.catalog.training.conftest import Yard, make, real  # noqa: F401  # fixtures

from modelyard.catalog.lint import lint


@pytest.fixture
def yard(make: Callable[[str], Yard]) -> Yard:  # noqa: F811
    found = make(f"{free_address()}/{uuid.uuid4().hex[:8]}")
    found.trainer.train(found.asset)
    return found


def findings(yard: Yard) -> list[str]:
    return [str(one) for one in lint(yard.workspace, ["good"], ["trained"])]


def test_weights_that_were_just_trained_are_good(yard: Yard) -> None:
    assert findings(yard) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "named"),
    [
        ("train.py", "range(3)", "range(2)", "code:train.py"),
        ("words.py", ".lower()", "", "code:words.py"),
        ("asset.yaml", "seed: 7", "seed: 8", "code:seed"),
        ("labels.txt", "rude\nkind", "kind\nrude", "code:labels"),
        ("asset.yaml", "path: notes.csv", "path: other.csv", "data:notes.csv, data:other.csv"),
    ],
)
def test_what_changed_since_is_named(yard: Yard, file: str, before: str, after: str, named: str) -> None:
    yard.edit(file, before, after)

    (line,) = findings(yard)

    assert f"changed since the weights were trained: {named}" in line
    assert line.endswith("modelyard train good")


def test_packages_that_moved_are_no_reason_to_train(yard: Yard) -> None:
    lock = yard.workspace.requirements / "tensorflow-cpu.txt"
    lock.write_text("numpy==2.4.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")

    assert findings(yard) == []


def test_weights_of_another_training_than_the_report_s_are_told(yard: Yard) -> None:
    (weights,) = yard.asset.weights
    yard.edit("asset.yaml", weights.source, f"train:good@{'0' * 32}")

    (line,) = findings(yard)

    assert "trained/report.json is of another training" in line
