"""Whose licence is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelyard.catalog.checking.reviewed import LICENCES
from modelyard.catalog.checks.licences import of_parts
from modelyard.catalog.containers.inventory import Inventory, Package
from modelyard.catalog.spdx import trouble_with
from modelyard.catalog.workspace import Workspace

ROOT = Path(__file__).parents[3]


def test_every_part_is_listed_and_one_without_a_licence_is_not_forgotten() -> None:
    inventory = Inventory(
        interpreter="3.13.5",
        python=[Package(name="numpy", version="2", licence="BSD"), Package(name="x", version="1", licence=None)],
        debian=[Package(name="bash", version="5", licence="GPL-3+"), Package(name="x", version="1", licence=None)],
    )

    found = of_parts(Workspace(ROOT).asset("image-segmenter"), inventory)

    assert found["code"] == "Apache-2.0"
    assert found["weights deeplab"] == "Apache-2.0"
    assert found["sample chelsea.png"] == "CC0-1.0"
    assert found["numpy"] == "BSD"
    assert found["debian:bash"] == "GPL-3+"
    assert [part for part, licence in found.items() if licence is None] == ["x", "debian:x"]


@pytest.mark.parametrize("name", LICENCES)
def test_what_a_person_found_out_is_an_spdx_expression_with_a_reason(name: str) -> None:
    licence, reason = LICENCES[name]
    assert trouble_with(licence) is None
    assert reason


def test_a_package_that_a_person_looked_at_is_known_by_what_that_person_found() -> None:
    inventory = Inventory(interpreter="3", python=[Package(name="namex", version="1", licence=None)], debian=[])
    assert of_parts(Workspace(ROOT).asset("image-segmenter"), inventory)["namex"] == "Apache-2.0"
