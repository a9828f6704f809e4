"""docs/train-a-model.md says what there is, and what it shows can be written like that."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest
import yaml

from modelyard.catalog.training.training import Training
from modelyard.cli.train import train
from modelyard.manifest.asset import Training as Declared
from modelyard.manifest.asset import Weights
from tests.docs.blocks import blocks

PAGE = "docs/train-a-model.md"
TEXT = (Path(__file__).parents[2] / PAGE).read_text("utf-8")
_THE_BUILDERS = {"tell"}


@pytest.mark.parametrize(
    "name",
    sorted(
        {field.name for field in dataclasses.fields(Training)}.union(
            name for name in vars(Training) if not name.startswith("_")
        )
        - _THE_BUILDERS
    ),
)
def test_all_that_an_author_is_given_stands_on_the_page(name: str) -> None:
    assert f"`{name}" in TEXT or f"training.{name}" in TEXT


@pytest.mark.parametrize("option", sorted(option for one in train.params for option in one.opts if option != "name"))
def test_every_option_of_the_command_is_shown(option: str) -> None:
    assert option == "--json" or option in TEXT


def test_the_manifest_that_it_shows_can_be_read() -> None:
    (shown,) = blocks(PAGE, "yaml")
    given = yaml.safe_load(shown.replace("      …\n", f"      sha256: {'f' * 64}\n      license: MIT\n"))

    assert Weights.model_validate(given["weights"][0]).source.endswith("@untrained")
    assert Declared.model_validate(given["training"]).metrics["accuracy"].tolerance == 0.01


def test_the_code_that_it_shows_is_python_and_calls_what_there_is() -> None:
    (shown,) = blocks(PAGE, "python")
    tree = ast.parse(shown)

    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "training"
    }
    assert used == {"data", "labels", "callbacks", "finish", "output"}
    assert used <= {field.name for field in dataclasses.fields(Training)} | vars(Training).keys()
